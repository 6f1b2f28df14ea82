/** A file part of a form, whole in memory. */
export interface UploadFile {
  /** As the client sent it; may be empty. Never a safe path. */
  readonly filename: string
  /** The Content-Type of the part. */
  readonly contentType: string | undefined
  /** The headers of the part by lower-case name; of several with one name the first. */
  readonly headers: ReadonlyMap<string, string>
  /** In bytes. */
  readonly size: number
  readonly bytes: Uint8Array
}

/** A text field or a file. */
export type FormValue = string | UploadFile

/** Whether the value is a file. */
export function isUploadFile(value: FormValue): value is UploadFile {
  return typeof value !== 'string'
}

/** The fields of a form, in order; a name may occur many times. */
export class FormFields {
  readonly #values = new Map<string, FormValue[]>()

  /** Adds a field after those that are there. */
  append(name: string, value: FormValue): void {
    const sameName = this.#values.get(name)
    if (sameName) sameName.push(value)
    else this.#values.set(name, [value])
  }

  /** The value that counts where one is expected: the last one. Undefined when the name is absent. */
  last(name: string): FormValue | undefined {
    return this.#values.get(name)?.at(-1)
  }

  /** Every value of the name, in order. */
  all(name: string): FormValue[] {
    return this.#values.get(name)?.slice() ?? []
  }

  /** The names that occur, each once. */
  names(): string[] {
    return [...this.#values.keys()]
  }
}
