import { once } from 'node:events'
import type { Socket } from 'node:net'
import t from 'tap'
import { filler, isLast, KEY, LIMITS, NEVER, NEXT, read, run } from '../raw-connections.ts'

const SHORT = 900
const LONG = 3_000_000

/** A request that is refused before its body has ended, or whose body is not read. */
interface Refusal {
  readonly line: string
  readonly status: number
  readonly headers?: string
  /** Whether the body itself is the reason, so that the refusal comes only after the body has begun. */
  readonly isForItsBody?: boolean
  /** A fault to add first. */
  readonly fault?: object
}

const REFUSALS: readonly Refusal[] = [
  { line: 'GET /v1/secrets', headers: 'authorization: none', status: 401 },
  { line: 'GET /v1/secrets', headers: 'authorization: Bearer cog_x', status: 403 },
  { line: 'POST /v1/nothing', status: 404 },
  { line: 'PUT /v1/secrets', status: 405 },
  { line: 'POST /v1/secrets/', status: 307 },
  {
    line: 'POST /v1/attachments',
    headers: 'content-type: multipart/form-data; boundary=b',
    status: 400,
    isForItsBody: true,
  },
  { line: 'POST /v1/attachments', headers: 'content-type: multipart/form-data', status: 400 },
  { line: 'POST /v1/attachments', headers: 'content-type: text/plain', status: 422 },
  { line: 'GET /v1/secrets', status: 200 },
  { line: 'POST /_fake/reset', headers: 'content-type: text/plain', status: 415 },
  { line: 'POST /_fake/reset', headers: 'origin: http://elsewhere.example', status: 403 },
  { line: 'POST /v1/secrets', fault: { status: 503 }, status: 503 },
  { line: 'POST /v1/playbooks', fault: { status: 500, bytes_per_second: 10_000 }, status: 500 },
]

/** The announcement of a body, and the part of it that is sent before the behaviour of the client begins. */
const PHASES = {
  'a short body, not begun': { header: `content-length: ${SHORT}`, first: '', rest: filler(SHORT) },
  'a short body, half of it': {
    header: `content-length: ${SHORT}`,
    first: filler(SHORT).slice(0, 400),
    rest: filler(SHORT).slice(400),
  },
  'a long body, not begun': { header: `content-length: ${LONG}`, first: '', rest: filler(LONG) },
  'a long body, half of it': {
    header: `content-length: ${LONG}`,
    first: filler(LONG).slice(0, LONG / 2),
    rest: filler(LONG).slice(LONG / 2),
  },
  'chunks, in the middle': {
    header: 'transfer-encoding: chunked',
    first: `384\r\n${filler(900)}\r\n384\r\n${filler(300)}`,
    rest: `${filler(900).slice(300)}\r\n0\r\n\r\n`,
  },
  'chunks, all at once': {
    header: 'transfer-encoding: chunked',
    first: `384\r\n${filler(900)}\r\n0\r\n\r\n`,
    rest: '',
  },
  'a body that waits for 100 Continue': {
    header: `expect: 100-continue\r\ncontent-length: ${SHORT}`,
    first: '',
    rest: filler(SHORT),
  },
} as const

type Phase = (typeof PHASES)[keyof typeof PHASES]

function headOf({ line, headers }: Refusal, { header }: Phase, version = '1.1'): string {
  const authorization = headers?.startsWith('authorization') ? '' : `authorization: Bearer ${KEY}\r\n`
  return `${line} HTTP/${version}\r\nhost: localhost\r\n${authorization}${headers ? `${headers}\r\n` : ''}${header}\r\n\r\n`
}

/**
 * The behaviours of clients after the first part of a body. Each resolves once its connection is closed or the next request on it is
 * answered.
 */
const CLIENTS = {
  'sends everything and another request before it reads': async (
    client: Socket,
    server: Socket,
    { rest }: Phase,
  ) => {
    const closed = once(server, 'close')
    client.write(rest + NEXT)
    const answers = await read(client, 2)
    if (isLast(answers.at(-1))) {
      client.end()
      await closed
    }
    return answers
  },
  'reads the answer and never closes': async (client: Socket, server: Socket, { rest }: Phase) => {
    const closed = once(server, 'close')
    const answers = await read(client, 1)
    if (isLast(answers[0])) await closed
    else {
      client.write(rest + NEXT)
      answers.push(...(await read(client, 1)))
    }
    return answers
  },
  'never reads and keeps sending': async (client: Socket, server: Socket) => {
    client.pause()
    const more = filler(60_000)
    const go = () => {
      while (client.writable && client.write(more));
    }
    client.on('drain', go)
    go()
    await once(server, 'close')
  },
  'half-closes during its body': async (client: Socket, server: Socket) => {
    const closed = once(server, 'close')
    client.end()
    await closed
  },
  'stops sending and reading': async (client: Socket, server: Socket) => {
    client.pause()
    await once(server, 'close')
  },
} as const

const cases = Object.entries(CLIENTS).flatMap(([behaviour, behave]) =>
  [false, true].map((isTls) => ({ behaviour, behave, isTls })),
)

for (const { behaviour, behave, isTls } of cases) {
  const where = isTls ? ' over TLS' : ''
  t.test(`a client that ${behaviour}${where} gets an answer or its connection is closed`, async (t) => {
    // The rest of a body comes in time, however slow this machine is.
    const drain = { bytes: 1_000_000, ms: NEVER }
    const limits = behaviour.startsWith('stops') ? LIMITS : { ...LIMITS, drain }
    const { app, open, asked } = await run(t, { isTls, limits })
    for (const refusal of isTls ? REFUSALS.slice(4, 8) : REFUSALS) {
      const { fault, status } = refusal
      if (fault !== undefined) {
        // With a fault, the server waits for the whole body, like for any other request.
        if (/stops|keeps|never closes/.test(behaviour)) continue
        await app.inject({ method: 'POST', url: '/_fake/faults', payload: { ...fault, method: 'POST' } })
      }
      for (const [name, phase] of Object.entries(PHASES)) {
        const isShort = phase.header.includes(String(SHORT))
        // After a short or complete body, all further data is another request.
        if (behaviour.includes('keeps sending') && (isShort || phase.rest === '')) continue
        if (behaviour === 'stops sending and reading' && phase.rest === '') continue
        if (refusal.isForItsBody && phase.first === '' && /stops|never closes/.test(behaviour)) continue
        const { client, server } = await open()
        client.write(headOf(refusal, phase) + phase.first)

        const answers = await behave(client, server, phase)

        const what = `${status} ${name}`
        if (answers === undefined) continue
        t.equal(answers[0]?.status, status, what)
        t.equal(answers.length, isLast(answers[0]) ? 1 : 2, what)
        if (answers.length === 2) t.equal(answers[1]?.status, 200, what)
        client.destroy()
      }
      if (fault !== undefined) await app.inject({ method: 'DELETE', url: '/_fake/faults' })
    }
    t.notOk(asked.includes('/smuggled'))
  })
}
