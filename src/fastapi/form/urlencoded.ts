import { HttpException } from '../errors.ts'
import { percentDecode } from '../percent.ts'
import { FormFields } from './fields.ts'

const PLUS = 0x2b
const SPACE = 0x20

/** Starlette has no bound here. This one keeps a body of nothing but `&` and names from filling the memory. */
const maxFields = 10_000

/**
 * An urlencoded body as Starlette's FormParser reads it. Bytes beyond ASCII that are not
 * percent-encoded stay Latin-1. Throws HttpException (400) for more than 10,000 fields. Writes into the bytes.
 */
export function parseUrlencoded(bytes: Uint8Array<ArrayBuffer>): FormFields {
  // A plus sign is a space wherever it stands. To replace ten million of them in a text takes two seconds.
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
    // python-multipart looks for `;` only where no `&` follows any more.
    const separator = body.indexOf(start < lastAmpersand ? '&' : ';', start)
    const field = body.slice(start, separator === -1 ? undefined : separator)
    start += field.length
    const equals = field.indexOf('=')
    // A name that the body ends with is never finished, neither by python-multipart nor here.
    if (equals === -1 && separator === -1) break
    count += 1
    if (count > maxFields) throw tooManyFields()
    if (equals === -1) fields.append(percentDecode(field), '')
    else fields.append(percentDecode(field.slice(0, equals)), percentDecode(field.slice(equals + 1)))
  }
  return fields
}

function isSeparator(character: string | undefined): boolean {
  return character === '&' || character === ';'
}

function tooManyFields(): HttpException {
  return new HttpException(400, `Too many fields. Maximum number of fields is ${maxFields}.`)
}
