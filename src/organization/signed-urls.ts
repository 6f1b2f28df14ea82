import { createHmac, timingSafeEqual } from 'node:crypto'

/** How long a signed address is good for: the vendor's are good for a minute. */
const LIFETIME_MICROS = 60_000_000

/** Signs addresses that need no key, for a short time, as object stores do. */
export class UrlSigner {
  readonly #secret: () => string

  /** The secret is asked for at each signature: most servers never sign anything, and to make one takes a start milliseconds. */
  constructor(secret: () => string) {
    this.#secret = secret
  }

  /** The path with its expiry and signature as a query. `now` is in microseconds. */
  sign(path: string, now: number): string {
    const expires = now + LIFETIME_MICROS
    return `${path}?expires=${expires}&signature=${this.#signature(path, expires)}`
  }

  /** Whether a signature was made for this path and expiry; not whether it has expired. */
  verify(path: string, expires: number, signature: string): boolean {
    const expected = Buffer.from(this.#signature(path, expires))
    const given = Buffer.from(signature)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }

  #signature(path: string, expires: number): string {
    return createHmac('sha256', this.#secret()).update(`${expires} ${path}`).digest('hex')
  }
}
