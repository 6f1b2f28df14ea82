import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { startProgram } from '../cli/program.ts'
import { parseAnswers, type WireAnswer } from '../fuzz/wire.ts'

const CONNECTIONS = 50

/** The batch that each client sends at once, repeatedly. */
const BATCH = 4

const LISTENING = /listening on http:\/\/127\.0\.0\.1:(\d+)/

/** The results of one client. */
interface Fate {
  /** The number of requests sent. */
  readonly sent: number
  readonly answers: readonly WireAnswer[]
}

let names = 0

function aRequest(): string {
  const body = JSON.stringify({ type: 'totp', key: `K${++names}`, value: 'v', sensitive: true, note: '' })
  const head = `POST /v1/secrets HTTP/1.1\r\nhost: h\r\nauthorization: Bearer apk_user_test\r\n`
  return `${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
}

/** Sends batch after batch on one connection, each when the one before is answered, until the server hangs up. */
function load(port: number, onAnswer: () => void): Promise<Fate> {
  return new Promise((resolve) => {
    const received: Buffer[] = []
    let sent = 0
    const socket = connect(port, '127.0.0.1', send)
    socket.on('data', (data: Buffer) => {
      received.push(data)
      onAnswer()
      if (answersIn(received).length < sent) return
      send()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve({ sent, answers: parseAnswers(Buffer.concat(received)) }))
    function send() {
      if (answersIn(received).at(-1)?.headers.get('connection') === 'close' || !socket.writable) return
      sent += BATCH
      socket.write(Array.from({ length: BATCH }, aRequest).join(''))
    }
  })
}

/** Returns the answers, or an empty list while one is incomplete. */
function answersIn(received: Buffer[]): WireAnswer[] {
  const all = Buffer.concat(received)
  try {
    return parseAnswers(all)
  } catch {
    return []
  }
}

/** Loads a server until it has answered for a while, asks it to stop, and resolves with the results of all clients. */
async function stopUnderLoad(t: Test, signal: NodeJS.Signals) {
  const program = startProgram(t, ['--port', '0', '--log-level', 'error'])
  const [, port] = await program.says(LISTENING)
  let answers = 0
  const fates = await Promise.all(
    Array.from({ length: CONNECTIONS }, () =>
      load(Number(port), () => {
        if (++answers === CONNECTIONS * 3) program.kill(signal)
      }),
    ),
  )
  return { fates, outcome: await program.ended }
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  t.test(
    `${signal} under load: every received request is answered, each client is told, and the exit code is 0`,
    async (t) => {
      const { fates, outcome } = await stopUnderLoad(t, signal)

      t.match(outcome, { code: 0, stderr: '' })
      t.match(outcome.stdout, /^fake-devin listening on \S+\n$/, 'nothing went wrong')
      t.equal(fates.length, CONNECTIONS)
      const statuses = fates.flatMap(({ answers }) => answers.map(({ status }) => status))
      t.same([...new Set(statuses)], [200])
      const ids = fates.flatMap(({ answers }) => answers.map(({ body }) => JSON.parse(body.toString()).id))
      t.equal(new Set(ids).size, ids.length)
      for (const { sent, answers } of fates) {
        t.equal(answers.length % BATCH, 0, 'of what came at once all is answered, or nothing came')
        t.ok(sent - answers.length <= BATCH)
      }
      const told = fates.filter(({ answers }) => answers.at(-1)?.headers.get('connection') === 'close')
      const late = fates.filter(({ sent, answers }) => sent > answers.length)
      t.equal(told.length + late.length, CONNECTIONS, 'who was not told had sent nothing when it was over')
    },
  )
}
