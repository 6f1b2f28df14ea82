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

/** An answer with a bad status. */
interface Refusal {
  /** The operation, `PUT /_fake/clock`. */
  readonly call: string
  /** What was asked. */
  readonly url: string
  readonly status: number
  /** The body. */
  readonly text: string
}

/** The error of an answer with a bad status. One that a fake never gives says what it is instead, such as the page of a proxy. */
export function refusal({ call, url, status, text }: Refusal): FakeDevinError {
  const detail = detailOf(text)
  if (detail === undefined) {
    return new FakeDevinError(`${call}: ${status} ${kindOf(text)}, so ${url} is no fake-devin`, { status })
  }
  const words = Array.isArray(detail) ? detail.map(wordsOf).join('; ') : detail
  const message = typeof words === 'string' ? `${call}: ${status} ${words}` : `${call}: ${status}`
  return new FakeDevinError(message, { status, detail })
}

/** What a text is that is no answer of a fake: `and the page "502 Bad Gateway"`. Its title is short, and no place for a secret. */
function kindOf(text: string): string {
  const title = /<title>\s*([^<]{1,80}?)\s*</i.exec(text)?.[1]
  if (title !== undefined) return `and the page "${title}"`
  return text === '' ? 'without a body' : 'without a detail'
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
