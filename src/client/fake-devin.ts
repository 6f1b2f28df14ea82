import type { FidelityRow } from '../fidelity/row.ts'
import { Control, type ControlAccess } from './control.ts'
import { type Controls, controlsFor } from './controls.ts'
import type { Fetch } from './fetch.ts'
import { Organizations } from './organizations.ts'

declare global {
  interface SymbolConstructor {
    /** As in `esnext.disposable`, which a project that uses the types of this package need not have. */
    readonly asyncDispose: unique symbol
  }
}

/** A running fake: in this process, or elsewhere. */
export interface FakeDevin extends Controls {
  /** The base URL for a client, without a slash at the end. */
  readonly url: string
  /** The same over HTTPS, for clients that trust `caPem`; undefined without `tls`, and for a fake elsewhere. */
  readonly tlsUrl: string | undefined
  /** The CA that was made for `tlsUrl`, in PEM; undefined without `tls`, with a certificate that was given, and for a fake elsewhere. */
  readonly caPem: string | undefined
  /** A key that works. */
  readonly key: string
  /** The organization of that key. */
  readonly orgId: string
  /**
   * The standard `fetch`, bound to the fake: `/v1/secrets` and `https://api.devin.ai/v1/secrets` both lead to it, and other hosts are
   * refused. No key is added. To a fake in this process it needs no socket.
   */
  readonly fetch: Fetch
  readonly organizations: Organizations
  /** What the fake answers where the vendor's documentation leaves a question open, how sure that is, and where it is known from. */
  fidelity(): Promise<{ rows: FidelityRow[] }>
  /** Stops a fake in this process, where requests in flight may end first. One elsewhere runs on. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** What a fake is made of besides its control plane. */
export interface FakeDevinParts extends Pick<FakeDevin, 'url' | 'key' | 'orgId' | 'fetch' | 'close'> {
  readonly tlsUrl?: string | undefined
  readonly caPem?: string | undefined
  readonly control: ControlAccess
}

/** The one implementation of a fake, whatever is between it and the server. */
export function fakeDevinOf({ control: access, tlsUrl, caPem, ...parts }: FakeDevinParts): FakeDevin {
  const control = new Control(access)
  return {
    ...controlsFor(control),
    ...parts,
    tlsUrl,
    caPem,
    organizations: new Organizations(control, parts.fetch),
    fidelity: () => control.call('GET /_fake/fidelity'),
    [Symbol.asyncDispose]: parts.close,
  }
}
