/** Thrown by a check when the server differs from the ledger. Both texts follow the rule of describe.ts. */
export class Contradiction extends Error {
  override name = 'Contradiction'
  readonly expected: string
  readonly got: string

  constructor(expected: string, got: string) {
    super(`expected ${expected}, got ${got}`)
    this.expected = expected
    this.got = got
  }
}

/** Thrown by a check that cannot tell. The message is the reason. */
export class Untestable extends Error {
  override name = 'Untestable'
}

/** Thrown when a request gets no answer. The message is the reason. */
export class NoAnswer extends Error {
  override name = 'NoAnswer'
}
