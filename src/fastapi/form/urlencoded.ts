import { HttpException } from '../errors.ts'
import { percentDecode } from '../percent.ts'
import { FormFields } from './fields.ts'

const PLUS = 0x2b
const SPACE = 0x20

/** The maximum number of fields. It keeps a body of short names from filling the memory. Starlette has no limit. */
const FIELDS_MAX = 10_000

/**
 * Parses an urlencoded body as Starlette's FormParser does. Non-ASCII bytes without percent-encoding are decoded as Latin-1.
 * Throws HttpException (400) for more than 10,000 fields. Modifies the bytes.
 */
export function parseUrlencoded(bytes: Uint8Array<ArrayBuffer>): FormFields {
  // Every plus sign is a space. Replacing ten million of them in a string would take two seconds.
  for (let at = bytes.indexOf(PLUS); at !== -1; at = bytes.indexOf(PLUS, at + 1)) bytes[at] = SPACE
  const body = Buffer.from(bytes.buffer).toString('latin1')
  const fields = new FormFields()
  const lastAmpersand = body.lastIndexOf('&')
  let count = 0
  let start = 0
  while (start < body.length) {
    if (isSeparator(body[start])) {
      start += 1
      continue
    }
    // python-multipart treats `;` as a separator only after the last `&`.
    const separator = body.indexOf(start < lastAmpersand ? '&' : ';', start)
    const field = body.slice(start, separator === -1 ? undefined : separator)
    start += field.length
    const equals = field.indexOf('=')
    // A name at the end of the body is dropped, as in python-multipart.
    if (equals === -1 && separator === -1) break
    count += 1
    if (count > FIELDS_MAX) throw tooManyFields()
    if (equals === -1) fields.append(percentDecode(field), '')
    else fields.append(percentDecode(field.slice(0, equals)), percentDecode(field.slice(equals + 1)))
  }
  return fields
}

function isSeparator(character: string | undefined): boolean {
  return character === '&' || character === ';'
}

function tooManyFields(): HttpException {
  return new HttpException(400, `Too many fields. Maximum number of fields is ${FIELDS_MAX}.`)
}
