import { connect } from 'node:net'

/** An answer as received. */
export interface WireAnswer {
  readonly status: number
  /** By lower-case name. The values of a repeated header are joined by commas. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

/** The behaviour of a client on its connection. */
export interface Conversation {
  /** The bytes to send, each piece in its own write. */
  readonly pieces: readonly Uint8Array[]
  /** The action after everything is sent: wait for the server to close the connection, half-close it first, or destroy it. */
  readonly ending: 'waits' | 'ends' | 'hangs up'
}

/** The maximum wait for the server to close the connection, in milliseconds. Far longer than it ever takes. */
const CLOSE_TIMEOUT_MS = 10_000

/** Thrown when the server does not close the connection in time. */
export class HangError extends Error {
  override name = 'HangError'
}

/** Sends bytes on a new connection. Resolves with everything received until the connection closes. */
export async function converse(port: number, { pieces, ending }: Conversation): Promise<Buffer> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true })
  const received: Buffer[] = []
  socket.on('data', (data: Buffer) => received.push(data))
  // The server may close the connection while the client is still sending. The rest is lost on purpose.
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.once('end', () => socket.end())
  for (const piece of pieces) {
    if (!socket.writable) break
    await new Promise<void>((resolve) => socket.write(piece, () => setImmediate(resolve)))
  }
  if (ending === 'hangs up') socket.destroy()
  if (ending === 'ends') socket.end()
  const timer = setTimeout(() => socket.destroy(new HangError()), CLOSE_TIMEOUT_MS)
  const failed = new Promise<never>((_, reject) =>
    socket.once('error', (error) => error instanceof HangError && reject(error)),
  )
  await Promise.race([closed, failed])
  clearTimeout(timer)
  return Buffer.concat(received)
}

/**
 * Parses consecutive answers strictly by the grammar of HTTP/1.1. `methods` are those of the requests, in order. Default: GET.
 * Throws an Error for anything that is not an answer.
 */
export function parseAnswers(bytes: Buffer, methods: readonly string[] = []): WireAnswer[] {
  const answers: WireAnswer[] = []
  let at = 0
  while (at < bytes.length) {
    const { answer, end } = parseAnswer(bytes, at, methods[answers.length] ?? 'GET')
    at = end
    if (answer.status >= 200) answers.push(answer)
  }
  return answers
}

function parseAnswer(bytes: Buffer, start: number, method: string): { answer: WireAnswer; end: number } {
  const headEnd = bytes.indexOf('\r\n\r\n', start)
  if (headEnd === -1) throw new Error(`an answer without an end of its head: ${quote(bytes.subarray(start))}`)
  const [first = '', ...lines] = bytes.toString('latin1', start, headEnd).split('\r\n')
  const [, code] = /^HTTP\/1\.1 ([1-5]\d\d) [\t -~]*$/.exec(first) ?? []
  if (code === undefined) throw new Error(`no status line: ${JSON.stringify(first)}`)
  const headers = new Map<string, string>()
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t -~\x80-\xff]*?)[ \t]*$/.exec(line) ?? []
    if (name === undefined || value === undefined) throw new Error(`no header: ${JSON.stringify(line)}`)
    const before = headers.get(name.toLowerCase())
    headers.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`)
  }
  const status = Number(code)
  const bodyStart = headEnd + 4
  // The method of a request that is not HTTP is unknown, so its answer has a body.
  const isOfHead = method === 'HEAD' && !(status === 400 && headers.get('connection') === 'close')
  const isBodiless = isOfHead || status < 200 || status === 204 || status === 304
  const { body, end } = isBodiless
    ? { body: Buffer.alloc(0), end: bodyStart }
    : readBody(bytes, bodyStart, headers)
  return { answer: { status, headers, body }, end }
}

function readBody(bytes: Buffer, start: number, headers: ReadonlyMap<string, string>) {
  if (headers.get('transfer-encoding') === 'chunked') return readChunks(bytes, start)
  const length = headers.get('content-length')
  if (length === undefined || !/^\d+$/.test(length)) throw new Error('an answer without a length')
  const end = start + Number(length)
  if (end > bytes.length) throw new Error(`an answer that stops ${end - bytes.length} bytes too early`)
  return { body: bytes.subarray(start, end), end }
}

function readChunks(bytes: Buffer, start: number): { body: Buffer; end: number } {
  const chunks: Buffer[] = []
  let at = start
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    const line = bytes.toString('latin1', at, lineEnd)
    if (lineEnd === -1 || !/^[0-9a-f]+$/i.test(line)) throw new Error(`no chunk: ${JSON.stringify(line)}`)
    const size = Number.parseInt(line, 16)
    at = lineEnd + 2 + size + 2
    if (at > bytes.length) throw new Error('a chunk that stops too early')
    if (size === 0) return { body: Buffer.concat(chunks), end: at }
    chunks.push(bytes.subarray(lineEnd + 2, at - 2))
  }
}

/** Returns bytes as readable text that a program can parse: JSON with one character per byte. */
export function quote(bytes: Uint8Array, lengthMax = 2000): string {
  const text = JSON.stringify(Buffer.from(bytes).toString('latin1'))
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax)}… (${bytes.length} bytes)`
}
