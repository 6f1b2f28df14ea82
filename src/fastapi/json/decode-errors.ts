/** Python's JSONDecodeError: the message as Python writes it, the position in code points of the decoded text. */
export class JsonDecodeError extends Error {
  override name = 'JsonDecodeError'
  readonly position: number

  constructor(message: string, position: number) {
    super(message)
    this.position = position
  }
}

/** The body cannot be decoded at all; FastAPI answers 400 "There was an error parsing the body". */
export class BodyDecodeError extends Error {
  override name = 'BodyDecodeError'
}
