import { createHmac } from 'node:crypto'
import { isSameSecret } from '../base/same-secret.ts'

/** The usual lifetime of a signed URL: one minute, as on the real service. */
const LIFETIME_MICROS = 60_000_000

/** Signs URLs that are valid for a short time without a key, as object stores do. */
export class UrlSigner {
  readonly #create: () => string
  #secret: string | undefined

  /** `create` is called at the first signature: most servers never sign anything, and creating a secret takes milliseconds. */
  constructor(create: () => string) {
    this.#create = create
  }

  /** The signing secret. Setting another one makes earlier signatures invalid. */
  get secret(): string {
    this.#secret ??= this.#create()
    return this.#secret
  }

  set secret(secret: string) {
    this.#secret = secret
  }

  /** Returns the path with its expiry and signature as a query. `now` and `lifetime` are in microseconds. */
  sign(path: string, now: number, lifetime = LIFETIME_MICROS): string {
    const expires = now + lifetime
    return `${path}?expires=${expires}&signature=${this.#signature(path, expires)}`
  }

  /** Returns whether a signature is valid for this path and expiry. Does not check whether it has expired. */
  verify(path: string, expires: number, signature: string): boolean {
    return isSameSecret(signature, this.#signature(path, expires))
  }

  #signature(path: string, expires: number): string {
    return createHmac('sha256', this.secret).update(`${expires} ${path}`).digest('hex')
  }
}
