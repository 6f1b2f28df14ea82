/** A file part of a form, held in memory. */
export interface UploadFile {
  /** The name as sent by the client. May be empty. Not safe to use as a path. */
  readonly filename: string
  /** The Content-Type of the part. */
  readonly contentType: string | undefined
  /** The headers of the part by lower-case name. The first of several with the same name wins. */
  readonly headers: ReadonlyMap<string, string>
  /** In bytes. */
  readonly size: number
  readonly bytes: Uint8Array
}

/** The value of a text field, or a file. */
export type FormValue = string | UploadFile

/** Returns whether the value is a file. */
export function isUploadFile(value: FormValue): value is UploadFile {
  return typeof value !== 'string'
}

/** The fields of a form in order. Names can repeat. */
export class FormFields {
  readonly #values = new Map<string, FormValue[]>()

  append(name: string, value: FormValue): void {
    const sameName = this.#values.get(name)
    if (sameName) sameName.push(value)
    else this.#values.set(name, [value])
  }

  /** Returns the last value of a name, which Starlette uses for a single value; undefined if the name is absent. */
  last(name: string): FormValue | undefined {
    return this.#values.get(name)?.at(-1)
  }

  /** Returns all values of a name in order. */
  all(name: string): FormValue[] {
    return this.#values.get(name)?.slice() ?? []
  }

  /** Returns the distinct names. */
  names(): string[] {
    return [...this.#values.keys()]
  }
}
