import { DEFAULT_ORG_ID, DEFAULT_USER, type Principal } from './principal.ts'

/** The credential that `devin auth login` stores: a prefix and a JWT. Handwritten ones may have any of these characters. */
const SESSION_TOKEN = /^devin-session-token\$[A-Za-z0-9+/=._~-]+$/

/** Returns the principal of a credential of the command line, or undefined for a text that is not well-formed. */
export function parseSessionToken(key: string): Principal | undefined {
  if (!SESSION_TOKEN.test(key)) return undefined
  return {
    generation: 'v3',
    orgId: DEFAULT_ORG_ID,
    isBound: false,
    kind: 'personal',
    user: DEFAULT_USER,
    actor: DEFAULT_USER,
    permissions: null,
    expiresAt: null,
    session: { type: 'windsurf_session' },
  }
}
