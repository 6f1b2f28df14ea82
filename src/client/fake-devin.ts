import type { OpenQuestion } from '../fidelity/answers.ts'
import type { FidelityRow } from '../fidelity/row.ts'
import { Control, type ControlAccess } from './control.ts'
import { type Controls, controlsFor } from './controls.ts'
import { Endings } from './endings.ts'
import type { Fetch } from './fetch.ts'
import { Organizations } from './organizations.ts'

declare global {
  interface SymbolConstructor {
    /** Declared as in `esnext.disposable`, which projects that use the types of this package need not enable. */
    readonly asyncDispose: unique symbol
  }
}

/** A running fake, in this process or elsewhere. */
export interface FakeDevin extends Controls {
  /** The base URL for a client, without a trailing slash. */
  readonly url: string
  /** The base URL over HTTPS, for clients that trust `caPem`; undefined without `tls`, and for a fake elsewhere. */
  readonly tlsUrl: string | undefined
  /** The CA generated for `tlsUrl`, in PEM; undefined without `tls`, with a given certificate, and for a fake elsewhere. */
  readonly caPem: string | undefined
  /** A v1 key that the fake accepts. Empty if keys are strict and none is valid. */
  readonly key: string
  /** A v3 key that the fake accepts. Empty if keys are strict and none is valid. */
  readonly v3Key: string
  /** The organization of `key` or, if that is empty, of `v3Key`. The default one if both are empty. */
  readonly orgId: string
  /**
   * The standard `fetch`, bound to the fake: `/v3/self` and `https://api.devin.ai/v3/self` both reach it. Refuses other hosts.
   * Does not add a key. Needs no socket for a fake in this process.
   */
  readonly fetch: Fetch
  /** The organizations of the server: create isolated ones, list them, and control one. */
  readonly organizations: Organizations
  /**
   * The answers of the fake where the vendor's documentation leaves a question open, with their confidence and their source. The `questions`
   * are those whose answer can be chosen.
   */
  fidelity(): Promise<{
    /** One for each operation, and for each question about it. */
    rows: FidelityRow[]
    /** The questions whose answer can be chosen, with their options. */
    questions: OpenQuestion[]
  }>
  /** Ends the streams of events, and stops a fake in this process after its requests in flight. A fake elsewhere keeps running. */
  close(): Promise<void>
  /** The same as `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** The parts of a fake besides its controls. */
export interface FakeDevinParts
  extends Pick<FakeDevin, 'url' | 'key' | 'v3Key' | 'orgId' | 'fetch' | 'close'> {
  readonly tlsUrl?: string | undefined
  readonly caPem?: string | undefined
  readonly control: ControlAccess
}

/** Builds the fake object, whichever transport connects it to the server. */
export function fakeDevinOf({ control: access, tlsUrl, caPem, ...parts }: FakeDevinParts): FakeDevin {
  const endings = new Endings()
  const control = new Control({ ...access, endings })
  const close = async () => {
    endings.end()
    await parts.close()
  }
  return {
    ...controlsFor(control),
    ...parts,
    close,
    tlsUrl,
    caPem,
    organizations: new Organizations(control, parts.fetch),
    fidelity: () => control.call('GET /_fake/fidelity'),
    [Symbol.asyncDispose]: close,
  }
}
