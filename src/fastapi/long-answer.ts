import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { sendJsonText } from './answer.ts'
import { encodeJson } from './json/encode.ts'
import { nextTurn } from './turns.ts'

/** The default number of texts per turn of the event loop. */
const PER_TURN = 200

/** The length of a chunk that ends a turn of the event loop, in characters. */
const CHUNK_LENGTH = 65_536

/**
 * The maximum length of an answer that is sent as a whole, in characters. A longer one is streamed with back-pressure and without a
 * content-length.
 */
export const WHOLE_MAX = 1_048_576

/** Yields the items of a list as JSON, separated by commas. Encodes each item on demand. */
export function* listTexts<R>(records: Iterable<R>, show: (record: R) => unknown): Generator<string> {
  let comma = ''
  for (const record of records) {
    yield comma + encodeJson(show(record))
    comma = ','
  }
}

/** Yields `before`, all texts, and `after`. */
export function* wrap(before: string, texts: Iterable<string>, after: string): Generator<string> {
  yield before
  yield* texts
  yield after
}

/** Yields the texts of all parts in order. */
export function* joined(parts: Iterable<Iterable<string>>): Generator<string> {
  for (const texts of parts) yield* texts
}

/** Yields an object as JSON, with each item of its lists as a separate text. */
export function* objectTexts(value: Readonly<Record<string, unknown>>): Generator<string> {
  yield '{'
  let comma = ''
  for (const [name, member] of Object.entries(value)) {
    yield `${comma}${encodeJson(name)}:`
    if (Array.isArray(member)) {
      yield* wrap(
        '[',
        listTexts(member, (item) => item),
        ']',
      )
    } else yield encodeJson(member)
    comma = ','
  }
  yield '}'
}

/** The options of `sendTexts`. */
export interface LongAnswerOptions {
  /** The maximum number of texts per turn of the event loop. Default: 200. Lower it if a text takes long to generate. */
  readonly perTurn?: number
}

/**
 * Sends JSON that is generated text by text, and yields to the event loop in between. A short answer is sent as a whole. An answer
 * longer than `WHOLE_MAX` is streamed as the client reads it, so a client that does not read costs at most one chunk beyond that. A few
 * texts are generated in a single turn.
 */
export async function sendTexts(
  reply: FastifyReply,
  texts: Iterable<string>,
  { perTurn = PER_TURN }: LongAnswerOptions = {},
): Promise<FastifyReply> {
  const chunks = chunksOf(texts[Symbol.iterator](), perTurn)
  const head: string[] = []
  let length = 0
  for (let chunk = chunks.next(); ; chunk = chunks.next()) {
    if (chunk.done) return sendJsonText(reply, reply.statusCode, head.join(''))
    head.push(chunk.value)
    length += chunk.value.length
    if (length > WHOLE_MAX) break
    if (head.length > 1) await nextTurn()
  }
  return reply
    .header('content-type', 'application/json')
    .send(Readable.from(inTurns(head, chunks), { objectMode: false }))
}

/** Joins texts to chunks. Each chunk is generated in one turn of the event loop. */
function* chunksOf(texts: Iterator<string>, perTurn: number): Generator<string, undefined> {
  for (;;) {
    let chunk = ''
    for (let count = 0; count < perTurn && chunk.length < CHUNK_LENGTH; count++) {
      const { done = false, value } = texts.next()
      if (done) {
        if (chunk !== '') yield chunk
        return
      }
      chunk += value
    }
    yield chunk
  }
}

async function* inTurns(head: readonly string[], rest: Iterable<string>): AsyncGenerator<string> {
  yield* head
  for (const chunk of rest) {
    yield chunk
    await nextTurn()
  }
}
