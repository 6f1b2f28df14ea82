/** Python's JSONDecodeError, with the same message. The position is in code points of the decoded text. */
export class JsonDecodeError extends Error {
  override name = 'JsonDecodeError'
  readonly position: number

  constructor(message: string, position: number) {
    super(message)
    this.position = position
  }
}

/** Thrown if the body cannot be decoded at all. FastAPI answers 400 "There was an error parsing the body". */
export class BodyDecodeError extends Error {
  override name = 'BodyDecodeError'
}
