import t from 'tap'
import { follow, paceOf } from '../../src/cli/follow.ts'
import { run } from '../../src/cli/run.ts'
import { FakeDevinError } from '../../src/client/error.ts'
import type { EventsOptions } from '../../src/client/events.ts'
import type { Requests } from '../../src/client/requests.ts'
import { nextTurn } from '../../src/fastapi/turns.ts'
import { type LiveEvent, startFakeDevin } from '../../src/index.ts'
import type { RequestsQuery } from '../../src/schemas/control/requests.ts'

type Step = readonly number[] | Error

/** Follows a server whose journal has these ids at each poll. Returns the printed ids and the lines on standard error. */
async function followed(steps: readonly Step[], query: RequestsQuery = {}) {
  const ids: number[] = []
  const said: string[] = []
  let at = 0
  let stop: () => void = () => undefined
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  const list = async ({ since = '0', limit = 0 }: RequestsQuery) => {
    const step = steps[at] as Step
    if (step instanceof Error) throw step
    const found = step.filter((id) => id > Number(since)).map((id) => ({ id }))
    return { requests: found.slice(-limit), total: found.length, dropped: 0 }
  }
  const wait = async () => {
    at++
    if (at < steps.length) return
    stop()
    await stopped
  }
  await follow({ list } as unknown as Requests, query, {
    stopped,
    wait,
    stderr: { write: (text) => said.push(text) },
    print: ({ id }) => ids.push(id),
  })
  return { ids, said }
}

const away = new FakeDevinError('GET /_fake/requests: no answer')

t.test('new requests are printed once, and earlier ones are not', async (t) => {
  t.same(
    await followed([
      [1, 2],
      [1, 2, 3],
      [1, 2, 3],
      [3, 4, 5],
    ]),
    { ids: [3, 4, 5], said: [] },
  )
  t.same(await followed([[], [1]]), { ids: [1], said: [] })
  t.same((await followed([[1, 2, 3]], { since: '1' })).ids, [2, 3])
})

t.test('following survives a reset, an outage and a restart, and reports the last two', async (t) => {
  t.same(await followed([[1, 2], [], [3]]), { ids: [3], said: [] })
  t.same(await followed([[7], away, away, [1, 2]]), {
    ids: [1, 2],
    said: [
      'fake-devin: GET /_fake/requests: no answer; trying again\n',
      'fake-devin: the server answers again\n',
      'fake-devin: the server was restarted\n',
    ],
  })
})

t.test('requests beyond the limit are counted', async (t) => {
  t.same(await followed([[1], [1, 2, 3, 4]], { limit: 2 }), {
    ids: [3, 4],
    said: ['fake-devin: requests not shown: 1\n'],
  })
})

t.test('a refused call or a failed first call ends following', async (t) => {
  await t.rejects(followed([away]), away)
  const refused = new FakeDevinError('401', { status: 401 })
  await t.rejects(followed([[1], refused]), refused)
})

t.test('fake-devin requests --follow prints requests until it is stopped', async (t) => {
  const devin = await startFakeDevin()
  t.teardown(() => devin.close())
  await devin.fetch('/v1/secrets', { headers: { authorization: `Bearer ${devin.key}` } })

  const stopped = Promise.withResolvers<void>()
  const stderr: string[] = []
  let stdout = ''
  const code = await run(
    ['requests', '--follow', '--since', '0', '--url', devin.url],
    {},
    {
      stdout: {
        write: (text) => {
          stdout += text
          stopped.resolve()
        },
      },
      stderr: { write: (text) => stderr.push(text) },
      stopped: stopped.promise,
    },
  )

  t.same([code, stderr], [0, []])
  t.match(stdout, /^\d+ {2}\S+ {2}GET \/v1\/secrets 200 {2}[\d.]+ ms\n$/)
})

/** Returns the pace that a stream of events sets, and functions that let things happen in the stream. */
function paced() {
  const stopped = Promise.withResolvers<void>()
  let options: EventsOptions = {}
  let step = Promise.withResolvers<void>()
  async function* events(given: EventsOptions = {}): AsyncGenerator<LiveEvent, undefined> {
    options = given
    for (;;) {
      await step.promise
      step = Promise.withResolvers()
      yield { kind: 'resync', org_id: null }
    }
  }
  const wait = paceOf({ events }, stopped.promise)
  return {
    wait,
    stop: stopped.resolve,
    tell: () => step.resolve(),
    lose: () => options.onLost?.(undefined),
    refuse: () => step.reject(new FakeDevinError('503', { status: 503 })),
  }
}

/** Returns whether a promise is fulfilled by the next turn of the event loop. */
function isFulfilled(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), nextTurn().then(() => false)])
}

t.test('following reads again after an event, after a lost connection, and when it is stopped', async (t) => {
  const { wait, tell, lose, stop } = paced()
  tell()
  await wait()

  for (const act of [tell, lose, stop]) {
    const looked = wait()
    t.notOk(await isFulfilled(looked))
    act()
    t.ok(await isFulfilled(looked))
  }
  t.ok(await isFulfilled(wait()), 'it does not wait once it is stopped')
})

t.test('following polls a server that sends no events', async (t) => {
  const { wait, refuse } = paced()
  refuse()
  await wait()

  const looked = wait()
  t.notOk(await isFulfilled(looked))
  await looked
})

t.test('fake-devin requests --follow prints a request at once, and goes on after a restart', async (t) => {
  const first = await startFakeDevin()
  const stopped = Promise.withResolvers<void>()
  const lines: string[] = []
  let onLine: () => void = () => undefined
  const write = (text: string) => {
    if (text !== '') lines.push(text)
    onLine()
  }
  /** Resolves when a number of lines were written. */
  const written = async (count: number) => {
    while (lines.length < count) {
      await new Promise<void>((resolve) => {
        onLine = resolve
      })
    }
  }
  const io = { stdout: { write }, stderr: { write }, stopped: stopped.promise }
  const get = (devin: typeof first) =>
    devin.fetch('/v1/secrets', { headers: { authorization: `Bearer ${devin.key}` } })
  await get(first)
  const code = run(['requests', '--follow', '--since', '0', '--url', first.url], {}, io)
  await written(1)
  await get(first)
  await written(2)
  await first.close()
  await written(3)
  const restarted = await startFakeDevin({ port: Number(new URL(first.url).port) })
  t.teardown(() => restarted.close())
  await written(4)
  await get(restarted)
  await written(6)
  stopped.resolve()

  t.equal(await code, 0)
  for (const [at, pattern] of [
    /GET \/v1\/secrets 200/,
    /GET \/v1\/secrets 200/,
    /; trying again/,
    /the server answers again/,
    /the server was restarted/,
    /^1 .*GET \/v1\/secrets 200/,
  ].entries()) {
    t.match(lines[at], pattern)
  }
})
