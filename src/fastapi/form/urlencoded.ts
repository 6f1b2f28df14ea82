import { HttpException } from '../errors.ts'
import { percentDecode } from '../percent.ts'
import { FormFields } from './fields.ts'

/** Starlette has no bound here. This one keeps a body of nothing but `&` and names from filling the memory. */
const maxFields = 100_000

/**
 * An urlencoded body (one character per byte) as Starlette's FormParser reads it. Bytes beyond ASCII that are not
 * percent-encoded stay Latin-1. Throws HttpException (400) for more than 100,000 fields.
 */
export function parseUrlencoded(body: string): FormFields {
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
    if (equals === -1) fields.append(decode(field), '')
    else fields.append(decode(field.slice(0, equals)), decode(field.slice(equals + 1)))
  }
  return fields
}

function isSeparator(character: string | undefined): boolean {
  return character === '&' || character === ';'
}

function decode(text: string): string {
  return percentDecode(text.replaceAll('+', ' '))
}

function tooManyFields(): HttpException {
  return new HttpException(400, `Too many fields. Maximum number of fields is ${maxFields}.`)
}
