import { HttpException } from '../errors.ts'
import { GrowingBytes } from '../growing-bytes.ts'
import { FormFields, type UploadFile } from './fields.ts'
import type { PartListener } from './multipart-parser.ts'
import { parseOptionsHeader } from './options-header.ts'
import { createTextDecoder } from './text-decoder.ts'

/** Starlette's limits for a form: files, text fields, and the bytes of one text field. */
const FILES_MAX = 1000
const TEXTS_MAX = 1000
const TEXT_BYTES_MAX = 2 ** 20

/** Starlette's MultiPartParser: converts the parts found by a MultipartParser to fields. Throws HttpException (400). */
export class MultipartForm implements PartListener {
  /** The fields of the complete parts. */
  readonly fields = new FormFields()
  readonly #decode: (bytes: Uint8Array) => string
  readonly #content = new GrowingBytes()
  #headers = new Map<string, string>()
  #disposition = ''
  #name = ''
  #filename: string | undefined
  #files = 0
  #texts = 0

  /** `charset` applies to names, file names and text values. */
  constructor(charset: string) {
    this.#decode = createTextDecoder(charset)
  }

  onPartBegin(): void {
    this.#headers = new Map()
    this.#disposition = ''
  }

  onHeader(name: string, value: string): void {
    if (name === 'content-disposition') this.#disposition = value
    if (!this.#headers.has(name)) this.#headers.set(name, value)
  }

  onHeadersEnd(): void {
    const { options } = parseOptionsHeader(this.#disposition)
    const name = options.get('name')
    const filename = options.get('filename')
    if (name === undefined) {
      throw new HttpException(400, 'The Content-Disposition header field "name" must be provided.')
    }
    this.#name = this.#decode(Buffer.from(name, 'latin1'))
    if (filename === undefined) {
      this.#filename = undefined
      this.#texts += 1
      if (this.#texts > TEXTS_MAX) throw tooMany('fields', TEXTS_MAX)
    } else {
      this.#filename = this.#decode(Buffer.from(filename, 'latin1'))
      this.#files += 1
      if (this.#files > FILES_MAX) throw tooMany('files', FILES_MAX)
    }
  }

  onData(bytes: Uint8Array): void {
    if (this.#filename === undefined && this.#content.size + bytes.length > TEXT_BYTES_MAX) {
      throw new HttpException(400, `Part exceeded maximum size of ${TEXT_BYTES_MAX / 1024}KB.`)
    }
    this.#content.append(bytes)
  }

  onPartEnd(): void {
    const bytes = this.#content.take()
    this.fields.append(
      this.#name,
      this.#filename === undefined ? this.#decode(bytes) : this.#file(this.#filename, bytes),
    )
  }

  #file(filename: string, bytes: Uint8Array): UploadFile {
    const headers = this.#headers
    return { filename, contentType: headers.get('content-type'), headers, size: bytes.length, bytes }
  }
}

function tooMany(what: string, limit: number): HttpException {
  return new HttpException(400, `Too many ${what}. Maximum number of ${what} is ${limit}.`)
}
