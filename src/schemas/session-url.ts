import type { Answers } from '../answers/answers.ts'

/** Where a session belongs: what its wire forms show besides the session itself. An organization is such a place. */
export interface SessionPlace {
  readonly orgId: string
  /** The address of the web app that sessions are opened in. */
  readonly appUrl: string
  /** How it answers open questions. */
  readonly answers: Answers
}

/** The vendor's web app. */
export const VENDOR_APP_URL = 'https://app.devin.ai'

/** Returns the address of a session in a web app. */
export function sessionUrl(id: string, { appUrl }: Pick<SessionPlace, 'appUrl'>): string {
  return `${appUrl}/sessions/${id.replace(/^devin-/, '')}`
}
