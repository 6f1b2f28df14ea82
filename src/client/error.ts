/** A failed call of the control plane. Never holds a token, a key or the value of a secret. */
export class FakeDevinError extends Error {
  /** The name of the class, also where `instanceof` fails because the module was loaded twice. */
  override name = 'FakeDevinError'
  /** The status of the answer; undefined without an answer. */
  readonly status: number | undefined
  /** The `detail` of the answer: a string, or a list of `{type, loc, msg}` without the input. Undefined if there was none. */
  readonly detail: unknown

  constructor(
    message: string,
    {
      status,
      detail,
      cause,
    }: {
      /** The status of the answer. Default: none arrived. */
      status?: number
      /** The `detail` of the answer. Default: none. */
      detail?: unknown
      /** The error that prevented an answer. Default: none. */
      cause?: unknown
    } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.status = status
    this.detail = detail
  }
}

/** An answer with a bad status. */
interface Refusal {
  /** The operation, e.g. `PUT /_fake/clock`. */
  readonly call: string
  /** The base URL that the call was sent to. */
  readonly url: string
  readonly status: number
  /** The body. */
  readonly text: string
}

/** Returns the error for an answer with a bad status. Describes an answer that did not come from a fake, e.g. the page of a proxy. */
export function refusal({ call, url, status, text }: Refusal): FakeDevinError {
  const detail = detailOf(text)
  if (detail === undefined) {
    return new FakeDevinError(`${call}: ${status} ${kindOf(text)}, so ${url} is not a fake-devin server`, {
      status,
    })
  }
  const words = Array.isArray(detail) ? detail.map(wordsOf).join('; ') : detail
  const message = typeof words === 'string' ? `${call}: ${status} ${words}` : `${call}: ${status}`
  return new FakeDevinError(message, { status, detail })
}

/**
 * Describes a response body that did not come from a fake, e.g. `and the page "502 Bad Gateway"`. Quotes only the page title, which is
 * short and holds no secret.
 */
function kindOf(text: string): string {
  const title = /<title>\s*([^<]{1,80}?)\s*</i.exec(text)?.[1]
  if (title !== undefined) return `and the page "${title}"`
  return text === '' ? 'without a body' : 'without a detail'
}

/** One validation error of a request. */
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

/** Drops the input, which may hold a key or the value of a secret, because errors end up in logs. */
function withoutInput(issue: unknown): Issue {
  const { type, loc, msg } = Object(issue) as Issue
  return { type, loc, msg }
}

/** Returns the text of an issue: `body.seconds: Input should be greater than or equal to 0`. */
function wordsOf({ loc, msg }: Issue): string {
  return Array.isArray(loc) ? `${loc.join('.')}: ${msg}` : String(msg)
}
