import { createHmac, timingSafeEqual } from 'node:crypto'

/** The usual lifetime of a signed URL: one minute, as on the real service. */
const LIFETIME_MICROS = 60_000_000

/** Signs URLs that are valid for a short time without a key, as object stores do. */
export class UrlSigner {
  readonly #secret: () => string

  /** `secret` is called for each signature: most servers never sign anything, and creating it at startup takes milliseconds. */
  constructor(secret: () => string) {
    this.#secret = secret
  }

  /** Returns the path with its expiry and signature as a query. `now` and `lifetime` are in microseconds. */
  sign(path: string, now: number, lifetime = LIFETIME_MICROS): string {
    const expires = now + lifetime
    return `${path}?expires=${expires}&signature=${this.#signature(path, expires)}`
  }

  /** Returns whether a signature is valid for this path and expiry. Does not check whether it has expired. */
  verify(path: string, expires: number, signature: string): boolean {
    const expected = Buffer.from(this.#signature(path, expires))
    const given = Buffer.from(signature)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }

  #signature(path: string, expires: number): string {
    return createHmac('sha256', this.#secret()).update(`${expires} ${path}`).digest('hex')
  }
}
