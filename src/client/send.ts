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

/** An answer that arrives piece by piece. */
export interface OpenAnswer {
  readonly status: number
  /** The pieces of the text. Throws when the connection is lost. */
  readonly pieces: AsyncIterable<string>
}

/** A call whose answer has no end of its own. */
export interface OpenCall {
  /** Rejects with the reason when no answer arrives. */
  readonly answer: Promise<OpenAnswer>
  /** Ends the call. */
  close(): void
}

/** Sends a call whose answer is read while it arrives. */
export type Open = (request: ControlRequest) => OpenCall
