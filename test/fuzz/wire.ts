import { connect } from 'node:net'

/** An answer as it came off the wire. */
export interface WireAnswer {
  readonly status: number
  /** By name in lower case. A repeated one has its values joined by commas. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

/** How a client uses its connection. */
export interface Conversation {
  /** What is sent, each piece in a write of its own. */
  readonly pieces: readonly Uint8Array[]
  /** What the client does when everything is sent: `waits` for the server to hang up, `ends` its half of the connection before, or `hangs up` itself. */
  readonly ending: 'waits' | 'ends' | 'hangs up'
}

/** How long a server may leave a client, which has nothing more to say, without an end: far beyond what it ever takes. */
const PATIENCE_MS = 10_000

/** Thrown when the server neither answers nor hangs up. */
export class HangError extends Error {
  override name = 'HangError'
}

/** Has a conversation on a connection of its own; resolves with all that came back before the server hung up. */
export async function converse(port: number, { pieces, ending }: Conversation): Promise<Buffer> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true })
  const received: Buffer[] = []
  socket.on('data', (data: Buffer) => received.push(data))
  // A server may hang up on a client that goes on talking: the rest of what it says is lost, and so it should be.
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.once('end', () => socket.end())
  for (const piece of pieces) {
    if (!socket.writable) break
    await new Promise<void>((resolve) => socket.write(piece, () => setImmediate(resolve)))
  }
  if (ending === 'hangs up') socket.destroy()
  if (ending === 'ends') socket.end()
  const patience = setTimeout(() => socket.destroy(new HangError()), PATIENCE_MS)
  const failed = new Promise<never>((_, reject) =>
    socket.once('error', (error) => error instanceof HangError && reject(error)),
  )
  await Promise.race([closed, failed])
  clearTimeout(patience)
  return Buffer.concat(received)
}

/**
 * Reads answers one after the other, as strictly as the grammar of HTTP/1.1 is. `methods` are those of the requests, in order;
 * without one, GET. Throws an Error for whatever is no answer.
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
  // Of what is no HTTP, nobody knows the method.
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

/** Bytes as a text that a person can read and a program can take back: JSON, one character per byte. */
export function quote(bytes: Uint8Array, lengthMax = 2000): string {
  const text = JSON.stringify(Buffer.from(bytes).toString('latin1'))
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax)}… (${bytes.length} bytes)`
}
