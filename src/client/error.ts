/** Why a fake did not do what it was asked to by way of the control plane. Holds no token, no key and no value of a secret. */
export class FakeDevinError extends Error {
  override name = 'FakeDevinError'
  /** The status of the answer; undefined when there was none. */
  readonly status: number | undefined
  /** What the answer says: a text, or a list of `{type, loc, msg}`, without what was sent. Undefined when there was none. */
  readonly detail: unknown

  constructor(
    message: string,
    { status, detail, cause }: { status?: number; detail?: unknown; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.status = status
    this.detail = detail
  }
}

/** The error of an answer with a bad status. `call` is the operation, `PUT /_fake/clock`; `text` the body. */
export function refusal(call: string, status: number, text: string): FakeDevinError {
  const detail = detailOf(text)
  const words = Array.isArray(detail) ? detail.map(wordsOf).join('; ') : detail
  const message = typeof words === 'string' ? `${call}: ${status} ${words}` : `${call}: ${status}`
  return new FakeDevinError(message, { status, detail })
}

/** One thing that is wrong with what was sent. */
interface Issue {
  readonly type?: unknown
  readonly loc?: unknown
  readonly msg?: unknown
}

function detailOf(text: string): unknown {
  try {
    const { detail } = Object(JSON.parse(text)) as { detail?: unknown }
    return Array.isArray(detail) ? detail.map(withoutInput) : detail
  } catch {
    return undefined
  }
}

/** What was sent may hold a key or the value of a secret, and errors end in logs. */
function withoutInput(issue: unknown): Issue {
  const { type, loc, msg } = Object(issue) as Issue
  return { type, loc, msg }
}

/** `body.seconds: Input should be greater than or equal to 0`. */
function wordsOf({ loc, msg }: Issue): string {
  return Array.isArray(loc) ? `${loc.join('.')}: ${msg}` : String(msg)
}
