import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { testDatabase } from '../../postgres.ts'
import { type ReplicaProcess, range, startTwo } from './replica-process.ts'

/** How often the state is replaced while others look. */
const CHANGES = 16

/** How many records of each kind a state has. */
const RECORDS = 40

/** Returns a state document in which everything is named after the state. */
function stateOf(name: string) {
  const names = range(RECORDS).map((n) => `${name}-${n}`)
  return {
    organizations: [
      {
        secrets: names.map((key) => ({ key, value: 'v' })),
        knowledge: names.map((note) => ({ name: note, body: 'b', trigger_description: 't' })),
      },
    ],
  }
}

/** Returns what an answer has the names of, such as `a: 40`, or `a: 20, b: 20` for a mixture. */
function mixtureIn(text: string): string {
  const counts = new Map<string, number>()
  for (const [, name = ''] of text.matchAll(/"(?:key|name)": ?"([a-z]+)-\d+"/g))
    counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => `${name}: ${count}`).join(', ')
}

/** The requests of onlookers, and how many records of a state their answers have. */
const LOOKS = {
  '/v1/secrets': RECORDS,
  '/v1/knowledge': RECORDS,
  '/_fake/state?collections=secrets&collections=knowledge': 2 * RECORDS,
}

/** Looks at both servers until an action is over. Resolves with everything that was seen, and how often. */
async function seenDuring(
  both: readonly ReplicaProcess[],
  action: () => Promise<void>,
): Promise<Record<string, number>> {
  const seen: Record<string, number> = {}
  let isOver = false
  const look = async ({ ask }: ReplicaProcess, path: string) => {
    while (!isOver) {
      const { status, text } = await ask('GET', path)
      const what = `${path} ${status} ${mixtureIn(text)}`
      seen[what] = (seen[what] ?? 0) + 1
    }
  }
  const looks = both.flatMap((server) => Object.keys(LOOKS).map((path) => look(server, path)))
  await action().finally(() => {
    isOver = true
  })
  await Promise.all(looks)
  return seen
}

/** Checks that only whole states were seen, and each of them. */
function checkWhole(t: Test, seen: Record<string, number>): void {
  const whole = Object.entries(LOOKS).flatMap(([path, count]) =>
    ['a', 'b'].map((name) => `${path} 200 ${name}: ${count}`),
  )
  t.same(
    Object.keys(seen).filter((what) => !whole.includes(what)),
    [],
  )
  for (const name of ['a', 'b'])
    t.ok(
      Object.keys(seen).some((what) => what.includes(` ${name}: `)),
      name,
    )
}

async function succeed(
  { ask }: ReplicaProcess,
  ...request: Parameters<ReplicaProcess['ask']>
): Promise<void> {
  const { status, text } = await ask(...request)
  if (status > 299) throw new Error(`${request.slice(0, 2).join(' ')}: ${status} ${text}`)
}

t.test('no request sees a partial state while one replica replaces it', async (t) => {
  const both = await startTwo(t, await testDatabase(t))
  await succeed(both[0], 'PUT', '/_fake/state', stateOf('a'))

  const seen = await seenDuring(both, async () => {
    for (const n of range(CHANGES))
      await succeed(both[0], 'PUT', '/_fake/state', stateOf(n % 2 === 0 ? 'b' : 'a'))
  })

  checkWhole(t, seen)
})

t.test('no request sees a partial state while both replicas restore snapshots', async (t) => {
  const both = await startTwo(t, await testDatabase(t))
  for (const name of ['a', 'b']) {
    await succeed(both[0], 'PUT', '/_fake/state', stateOf(name))
    await succeed(both[1], 'POST', '/_fake/snapshots', { name })
  }

  const seen = await seenDuring(both, async () => {
    for (const n of range(CHANGES)) {
      const names = n % 2 === 0 ? ['a', 'b'] : ['b', 'a']
      const restored = both.map((server, at) =>
        succeed(server, 'POST', `/_fake/snapshots/${names[at]}/restore`),
      )
      await Promise.all(restored)
    }
  })

  checkWhole(t, seen)
})

t.test('no request sees a partial seed while one replica resets', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fake-devin-seed-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const seed = join(folder, 'seed.json')
  writeFileSync(seed, JSON.stringify(stateOf('a')))
  const both = await startTwo(t, await testDatabase(t), ['--seed', seed])

  const seen = await seenDuring(both, async () => {
    for (const n of range(CHANGES)) {
      if (n % 2 === 0) await succeed(both[0], 'PUT', '/_fake/state', stateOf('b'))
      else await succeed(both[1], 'POST', '/_fake/reset')
    }
  })

  checkWhole(t, seen)
})

t.test('a record that both replicas replace at the same time is the same on both', async (t) => {
  const both = await startTwo(t, await testDatabase(t), ['--clock', '2026-01-02T03:04:05Z'])
  for (const n of range(6)) {
    const names = n % 2 === 0 ? ['a', 'b'] : ['b', 'a']
    const put = both.map((server, at) => succeed(server, 'PUT', '/_fake/state', stateOf(names[at] ?? '')))
    await Promise.all(put)

    const texts = both.map(
      async ({ ask }) => (await ask('GET', '/_fake/state?reveal=true&collections=secrets')).body,
    )
    const [one, other] = await Promise.all(texts)
    t.same(one.organizations, other.organizations)
    t.match(mixtureIn(JSON.stringify(one)), /^[ab]: 40$/)
  }
})

t.test('after a reset, the other replica also restarts its ids', async (t) => {
  const [one, other] = await startTwo(t, await testDatabase(t), ['--seed-ids', '1'])
  const idFrom = async ({ ask }: ReplicaProcess) =>
    (await ask('POST', '/v1/sessions', { prompt: 'x' })).body.session_id
  const ids = [await idFrom(one), await idFrom(other)]

  for (const _ of range(3)) {
    await succeed(one, 'POST', '/_fake/reset')
    t.same([await idFrom(other), await idFrom(one)], ids)
  }
})
