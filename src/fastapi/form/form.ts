import { contentTooLarge } from '../body.ts'
import { HttpException, type ValidationIssue, valueError } from '../errors.ts'
import { GrowingBytes } from '../growing-bytes.ts'
import { nextTurn } from '../turns.ts'
import { FormFields, type FormValue, isUploadFile } from './fields.ts'
import { MultipartForm } from './multipart-form.ts'
import { MultipartParser } from './multipart-parser.ts'
import { parseOptionsHeader } from './options-header.ts'
import { parseUrlencoded } from './urlencoded.ts'

export { FormFields, type FormValue, isUploadFile, type UploadFile } from './fields.ts'

/** The number of bytes to read before yielding to the event loop. */
const BYTES_PER_TURN = 131_072

/** The maximum size of an urlencoded form, in bytes. It contains no files, and is decoded without yielding, which is slow. */
export const URLENCODED_MAX = 1_048_576

/**
 * Reads a form as Starlette's `Request.form` does. For other content types, returns no fields and does not read the body.
 * Rejects with an HttpException: 400 for a malformed form, 413 beyond `limit` bytes, and beyond `URLENCODED_MAX` for an
 * urlencoded form. It then ends the iteration, which destroys a Node stream and its connection unless the iterator came
 * from `iterator({ destroyOnReturn: false })`.
 */
export async function readForm(
  contentType: string | undefined,
  body: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<FormFields> {
  const { value, options } = parseOptionsHeader(contentType ?? '')
  if (value === 'multipart/form-data') return readMultipart(options, limited(body, limit))
  if (value === 'application/x-www-form-urlencoded') {
    return readUrlencoded(limited(body, Math.min(limit, URLENCODED_MAX)))
  }
  return new FormFields()
}

async function readMultipart(
  options: ReadonlyMap<string, string>,
  body: AsyncIterable<Uint8Array>,
): Promise<FormFields> {
  const boundary = options.get('boundary')
  if (boundary === undefined) throw new HttpException(400, 'Missing boundary in multipart.')
  const form = new MultipartForm(options.get('charset') ?? 'utf-8')
  const parser = new MultipartParser(boundary, form)
  for await (const chunk of body) parser.write(chunk)
  return form.fields
}

async function readUrlencoded(body: AsyncIterable<Uint8Array>): Promise<FormFields> {
  const content = new GrowingBytes()
  for await (const chunk of body) content.append(chunk)
  return parseUrlencoded(content.take())
}

/** Yields the bytes within the limit before throwing, so that an error in them wins regardless of chunk boundaries. */
async function* limited(body: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let left = limit
  let turnAt = left - BYTES_PER_TURN
  for await (const chunk of body) {
    // Chunks that are already buffered would otherwise be read in a single turn.
    if (left <= turnAt) {
      await nextTurn()
      turnAt = left - BYTES_PER_TURN
    }
    if (chunk.length > left) {
      yield chunk.subarray(0, left)
      throw contentTooLarge()
    }
    left -= chunk.length
    yield chunk
  }
}

/** Returns FastAPI's issue for a required file that is missing or not a file, else undefined. */
export function uploadFileIssue(value: FormValue | undefined, name: string): ValidationIssue | undefined {
  if (value === undefined) return { type: 'missing', loc: ['body', name], msg: 'Field required', input: null }
  if (isUploadFile(value)) return undefined
  return valueError(['body', name], "Expected UploadFile, received: <class 'str'>", value)
}
