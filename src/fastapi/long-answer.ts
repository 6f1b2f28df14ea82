import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { sendJsonText } from './answer.ts'
import { encodeJson } from './json/encode.ts'
import { nextTurn } from './turns.ts'

/** How many texts are made before others have their turn of the event loop. */
const PER_TURN = 200

/** How long the texts of a turn get, in characters, before it ends. */
const PIECE_LENGTH = 65_536

/**
 * How long an answer gets, in characters, before it goes out piece by piece: then no more of it is made than its client takes, and
 * it has no content-length.
 */
export const WHOLE_MAX = 1_048_576

/** The items of a list as JSON, with commas between them: each is made when it is asked for. */
export function* listTexts<R>(records: Iterable<R>, show: (record: R) => unknown): Generator<string> {
  let comma = ''
  for (const record of records) {
    yield comma + encodeJson(show(record))
    comma = ','
  }
}

/** Texts between two others. */
export function* wrap(before: string, texts: Iterable<string>, after: string): Generator<string> {
  yield before
  yield* texts
  yield after
}

/** Texts one after another. */
export function* joined(parts: Iterable<Iterable<string>>): Generator<string> {
  for (const texts of parts) yield* texts
}

/** An object as JSON, its lists item by item. */
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

/** How an answer is made. */
export interface LongAnswerOptions {
  /** How many texts are made in a turn at most. Default 200; fewer where each takes long. */
  readonly perTurn?: number
}

/**
 * Sends JSON that is made text by text, while others have their turns of the event loop: in one piece like any other while it is
 * short, and else as its client takes it, so that one who does not read costs no more than a piece. Its texts are made at once where
 * there are few.
 */
export async function sendTexts(
  reply: FastifyReply,
  texts: Iterable<string>,
  { perTurn = PER_TURN }: LongAnswerOptions = {},
): Promise<FastifyReply> {
  const pieces = piecesOf(texts[Symbol.iterator](), perTurn)
  const begun: string[] = []
  let length = 0
  for (let piece = pieces.next(); ; piece = pieces.next()) {
    if (piece.done) return sendJsonText(reply, reply.statusCode, begun.join(''))
    begun.push(piece.value)
    length += piece.value.length
    if (length > WHOLE_MAX) break
    if (begun.length > 1) await nextTurn()
  }
  return reply
    .header('content-type', 'application/json')
    .send(Readable.from(inTurns(begun, pieces), { objectMode: false }))
}

/** Joins texts to pieces, each of which is the work of a turn. */
function* piecesOf(texts: Iterator<string>, perTurn: number): Generator<string, undefined> {
  for (;;) {
    let piece = ''
    for (let count = 0; count < perTurn && piece.length < PIECE_LENGTH; count++) {
      const { done = false, value } = texts.next()
      if (done) {
        if (piece !== '') yield piece
        return
      }
      piece += value
    }
    yield piece
  }
}

async function* inTurns(begun: readonly string[], rest: Iterable<string>): AsyncGenerator<string> {
  yield* begun
  for (const piece of rest) {
    yield piece
    await nextTurn()
  }
}
