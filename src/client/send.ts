/** An outgoing call of the control plane. */
export interface ControlRequest {
  readonly method: string
  /** The absolute address. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON. Default: no body. */
  readonly body?: string | undefined
}

/** The answer to a call. */
export interface ControlAnswer {
  readonly status: number
  readonly text: string
}

/** Sends a call. Does not follow redirects, since no operation has one. Rejects with the reason when no answer arrives. */
export type Send = (request: ControlRequest) => Promise<ControlAnswer>
