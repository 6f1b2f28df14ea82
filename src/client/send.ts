/** A call of the control plane as it goes out. */
export interface ControlRequest {
  readonly method: string
  /** The absolute address. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON. Default: no body. */
  readonly body?: string | undefined
}

/** What came back. */
export interface ControlAnswer {
  readonly status: number
  readonly text: string
}

/** Sends a call. Redirects are not followed, since no operation has one. Rejects with the reason when there is no answer. */
export type Send = (request: ControlRequest) => Promise<ControlAnswer>
