import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { run } from '../../src/cli/run.ts'
import { type FakeDevinOptions, startFakeDevin } from '../../src/index.ts'
import { call, secret } from '../client/both.ts'
import { startProgram } from './program.ts'
import { runHere } from './run-here.ts'

/** Starts a server and returns it with a function that runs commands against it. */
async function startDriven(t: Test, options: FakeDevinOptions = {}) {
  const devin = await startFakeDevin({ clock: '2026-01-02T03:04:05Z', ...options })
  t.teardown(() => devin.close())
  const drive = (line: string) => runHere([...line.split(' '), '--url', devin.url])
  return { devin, drive }
}

const done = (stdout: string | RegExp) => ({ code: 0, stdout, stderr: '' })

t.test(
  'fake-devin reset restores the state at the start, of everything or of one organization',
  async (t) => {
    const { devin, drive } = await startDriven(t)
    const other = await devin.organizations.create()
    const count = async () => [
      (await call(devin, 'GET /v1/secrets')).json.length,
      (await call(other, 'GET /v1/secrets')).json.length,
    ]
    for (const each of [devin, other]) await call(each, 'POST /v1/secrets', secret('A'))

    t.same(await drive(`reset --org ${other.orgId}`), done(`${other.orgId} has been reset\n`))
    t.same(await count(), [1, 0])
    t.same(await drive('reset'), done('everything has been reset\n'))
    t.same(await count(), [0, 0])
  },
)

t.test('fake-devin advance moves the clock forward and prints the new time', async (t) => {
  const { devin, drive } = await startDriven(t)

  t.same(await drive('advance 90'), done('2026-01-02T03:05:35.000000Z\n'))
  t.same(await drive('advance 0.5 --org org-1'), done('2026-01-02T03:05:35.500000Z\n'))
  t.match(await devin.clock.get(), { now: '2026-01-02T03:05:35.000000Z' })
})

t.test('fake-devin fault adds, lists and removes faults', async (t) => {
  const { devin, drive } = await startDriven(t)
  const status = async (path: string) => (await call(devin, `GET ${path}`)).status

  const { code, stdout } = await drive('fault rate-limit --times 1 --method get --path /v1/secrets')
  t.match([code, stdout], [0, /^fault-[0-9a-f]+\n$/])
  t.match((await drive('fault --list')).stdout, /^fault-\S+ {2}\{.*"status":429.*\} {2}struck 0, 1 left\n$/)
  t.same(
    [await status('/v1/sessions'), await status('/v1/secrets'), await status('/v1/secrets')],
    [200, 429, 200],
  )
  t.same(await drive('fault --list'), { ...done(''), stderr: 'fake-devin: there are no faults\n' })

  await drive(`fault --json {"status":503} --org ${devin.orgId}`)
  t.match((await drive('fault --list')).stdout, `  ${devin.orgId}  {"status":503}  struck 0\n`)
  t.equal(await status('/v1/secrets'), 503)
  t.same(await drive('fault --clear'), done(''))
  t.equal(await status('/v1/secrets'), 200)
  await drive('fault slow --json {"delay_ms":1}')
  t.match((await devin.faults.list()).faults, [{ preset: 'slow', delay_ms: 1 }])
})

t.test('fake-devin fault reports what is wrong with a fault', async (t) => {
  const { drive } = await startDriven(t)

  t.match(await drive('fault outrage'), { code: 1, stderr: /: 422 body\.preset: .*'outage'/ })
  t.match(await drive('fault --json {"statsu":503}'), { code: 1, stderr: /statsu: .*did you mean status\?/ })
  for (const line of ['fault', 'fault slow --list', 'fault --list --clear', 'fault --times 1']) {
    t.match(
      await drive(line),
      { code: 2, stderr: /^fake-devin: fault takes the name of a preset or --json/ },
      line,
    )
  }
})

t.test('fake-devin requests prints one line per request, filters them, and clears the journal', async (t) => {
  const { devin, drive } = await startDriven(t)
  await call(devin, 'POST /v1/sessions', { prompt: 'x', repos: [] })
  await call(devin, 'GET /v1/sessions?limit=1')
  await call(devin, 'GET /v1/secrets', undefined, 'apk_wrong')

  const lines = [
    /^1 {2}2026-01-02T03:04:05.000000Z {2}POST \/v1\/sessions 200 {2}[\d.]+ ms {2}unread: body\.repos$/,
    /^2 {2}2026-01-02T03:04:05.000000Z {2}GET \/v1\/sessions\?limit=1 200 {2}[\d.]+ ms$/,
    /^3 {2}2026-01-02T03:04:05.000000Z {2}GET \/v1\/secrets 403 {2}[\d.]+ ms$/,
  ]
  const { stdout } = await drive('requests')
  t.match(stdout.split('\n'), [...lines, ''])
  for (const [flags, ...shown] of [
    ['--method post', 0],
    ['--path /v1/sessions', 0, 1],
    ['--status 4xx', 2],
    ['--status 200 --limit 1', 1],
    ['--since 1 --method GET', 1, 2],
    [`--org ${devin.orgId}`, 0, 1],
  ] as const) {
    const found = (await drive(`requests ${flags}`)).stdout.trimEnd().split('\n')
    t.match(
      found,
      shown.map((index) => lines[index]),
      flags,
    )
    t.equal(found.length, shown.length, flags)
  }
  t.match(JSON.parse((await drive('requests --json')).stdout), { total: 3, requests: [{ id: 1 }, {}, {}] })
  t.same(await drive('requests --clear'), done(''))
  t.same(await drive('requests'), { ...done(''), stderr: 'fake-devin: there are no requests\n' })
  t.same(await drive('requests --status 5xx'), { ...done(''), stderr: 'fake-devin: no requests match\n' })
  t.same(await drive('requests --follow'), done(''))
  t.match(await drive('requests --follow --json'), { code: 2, stderr: /--follow cannot be combined with/ })
})

t.test('fake-devin requests reports how many older requests were dropped', async (t) => {
  const { devin, drive } = await startDriven(t, { journalEntries: 1 })
  for (const _ of [1, 2, 3]) await call(devin, 'GET /v1/secrets')

  t.match(await drive('requests'), {
    code: 0,
    stdout: /^3 {2}.*\n$/,
    stderr: 'fake-devin: older requests dropped: 2\n',
  })
})

t.test('fake-devin snapshot, diff and restore save, compare and restore the state', async (t) => {
  const { devin, drive } = await startDriven(t)
  const { id } = (await call(devin, 'POST /v1/secrets', secret('OLD'))).json
  const { session_id } = (await call(devin, 'POST /v1/sessions', { prompt: 'x', tags: ['old'] })).json
  t.same(await drive('snapshot before'), done('before has been saved\n'))
  t.same(await drive('diff before'), done('nothing has changed\n'))
  await call(devin, `DELETE /v1/secrets/${id}`)
  const added = (await call(devin, 'POST /v1/secrets', secret('NEW'))).json.id
  await call(devin, `PUT /v1/sessions/${session_id}/tags`, { tags: ['new'] })

  const { stdout } = await drive('diff before')
  t.match(stdout.split('\n').slice(0, 6), [
    devin.orgId,
    '  secrets',
    `    + ${added} "NEW"`,
    `    - ${id} "OLD"`,
    '  sessions',
    `    ~ ${session_id}: tags ["old"] → ["new"]`,
  ])
  t.match(JSON.parse((await drive('diff before --json')).stdout), { changed: true })
  t.same(await drive('restore before'), done('everything has been restored from snapshot before\n'))
  t.same(await drive('diff before'), done('nothing has changed\n'))
})

t.test('fake-devin snapshot --list prints the snapshots with their organizations', async (t) => {
  const { drive } = await startDriven(t)
  t.same(await drive('snapshot --list'), { ...done(''), stderr: 'fake-devin: there are no snapshots\n' })
  t.match(JSON.parse((await drive('snapshot all --json')).stdout), { name: 'all', org_id: null })
  await drive('snapshot mine --org org-1')

  t.same(await drive('snapshot --list'), done('all\nmine  org-1\n'))
  t.match(JSON.parse((await drive('snapshot --list --json')).stdout), { snapshots: [{}, {}] })
  t.same(await drive('restore mine --org org-1'), done('org-1 has been restored from snapshot mine\n'))
  for (const line of ['snapshot', 'snapshot all --list']) {
    t.match(await drive(line), {
      code: 2,
      stderr: 'fake-devin: snapshot takes the name of a snapshot, or --list\n',
    })
  }
})

t.test('fake-devin diff shortens long values and shows records without a name', async (t) => {
  const { devin, drive } = await startDriven(t)
  const { session_id } = (await call(devin, 'POST /v1/sessions', { prompt: 'x' })).json
  await drive('snapshot before')
  await call(devin, `PUT /v1/sessions/${session_id}/tags`, { tags: ['a'.repeat(200)] })

  t.match((await drive('diff before')).stdout, `    ~ ${session_id}: tags [] → ["${'a'.repeat(98)}…\n`)
})

t.test('a refusal of the server prints one line and exits with 1', async (t) => {
  const { drive } = await startDriven(t, { controlToken: 't0ken' })

  t.same(await drive('restore none --control-token t0ken'), {
    code: 1,
    stdout: '',
    stderr: 'fake-devin: POST /_fake/snapshots/{name}/restore: 404 Snapshot not found\n',
  })
  t.match(await drive('advance 1 --control-token wr0ng'), {
    code: 1,
    stderr: /^(?!.*wr0ng)fake-devin: POST \/_fake\/clock\/advance: 401 .*\n$/,
  })
  for (const command of ['requests --clear', 'fault --clear', 'reset'])
    t.match(await drive(command), { code: 1, stdout: '', stderr: /: 401 .*\n$/ }, command)
})

t.test('the address of the server comes from --host and --port, or from variables', async (t) => {
  const { devin } = await startDriven(t, { controlToken: 't0ken' })
  const { port } = new URL(devin.url)
  const FAKE_DEVIN_CONTROL_TOKEN = 't0ken'

  t.equal((await runHere(['reset', '--port', port], { env: { FAKE_DEVIN_CONTROL_TOKEN } })).code, 0)
  t.equal(
    (await runHere(['reset'], { env: { FAKE_DEVIN_CONTROL_TOKEN, FAKE_DEVIN_URL: devin.url } })).code,
    0,
  )
})

t.test(
  'a server that does not answer prints one line and exits with 1, also in a separate process',
  async (t) => {
    const { devin } = await startDriven(t)
    await devin.close()

    t.same(await startProgram(t, ['reset', '--url', devin.url]).ended, {
      code: 1,
      stdout: '',
      stderr: `fake-devin: POST /_fake/reset: no answer from ${devin.url}: nothing listens there (ECONNREFUSED)\n`,
    })
  },
)

t.test('a command in a separate process prints and ends', async (t) => {
  const { devin } = await startDriven(t)

  t.same(
    await startProgram(t, ['advance', '90', '--url', devin.url]).ended,
    done('2026-01-02T03:05:35.000000Z\n'),
  )
})

t.test('an unexpected error is not reduced to one line', async (t) => {
  const { devin } = await startDriven(t)
  const broken = {
    write: () => {
      throw new RangeError('broken')
    },
  }
  const quiet = { write: () => undefined }

  const running = run(
    ['reset', '--url', devin.url],
    {},
    { stdout: broken, stderr: quiet, stopped: Promise.resolve() },
  )

  await t.rejects(running, { name: 'RangeError', message: 'broken' })
})

t.test('records with or without a name, new members and requests without an answer are shown', async (t) => {
  const records = {
    odd: {
      added: [
        { id: 'odd-1' },
        ...['key', 'title', 'name', 'prompt', 'action'].map((member) => ({ id: member, [member]: 'x' })),
        { id: 'odd-3', prompt: 'p', title: 't' },
      ],
      removed: [],
      changed: [{ id: 'odd-2', changes: { a: { after: 1 } } }],
    },
  }
  const entry = {
    id: 1,
    time: 'now',
    method: 'GET',
    path: '/a',
    query: { raw: '' },
    status: null,
    duration_ms: 1,
    unread_fields: [],
  }
  const server = createServer(({ url = '' }, response) => {
    const diff = { changed: true, organizations: [{ org_id: 'org-1', records }] }
    response.end(JSON.stringify(url.endsWith('/diff') ? diff : { requests: [entry], dropped: 0 }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  t.same(
    await runHere(['diff', 'x', '--url', url]),
    done(
      `org-1
  odd
    + odd-1
    + key "x"
    + title "x"
    + name "x"
    + prompt "x"
    + action "x"
    + odd-3 "t"
    ~ odd-2: a none → 1
`,
    ),
  )
  t.same(await runHere(['requests', '--url', url]), done('1  now  GET /a (no answer)  1 ms\n'))
})
