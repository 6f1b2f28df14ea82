import { signal } from '@preact/signals'
import type { OrganizationList } from '../schemas/control/organizations.ts'
import { control } from './control.ts'
import { listen } from './live.ts'
import { hrefOf, shownOrg } from './place.ts'

/** What the server says of itself and its organizations. */
export type ServerSummary = OrganizationList

/** An organization of the server. */
export type OrganizationSummary = ServerSummary['organizations'][number]

/** The server's summary; undefined until it has been read. */
export const server = signal<ServerSummary | undefined>(undefined)

/** The organization that new things are created in: the one that is shown, or else the default one. */
export function targetOrg(): string {
  return shownOrg() ?? server.value?.organizations.find(({ is_default }) => is_default)?.org_id ?? ''
}

/** Returns the name of an organization, or its id while it is unknown. */
export function nameOfOrg(orgId: string | null): string {
  return server.value?.organizations.find(({ org_id }) => org_id === orgId)?.name ?? orgId ?? ''
}

/** Returns the address of a session. When all organizations are shown, several may have sessions with the same id. */
export function hrefOfSession(id: string, orgId: string | null): string {
  const isOneOfMany = shownOrg() === undefined && (server.value?.organizations.length ?? 0) > 1
  return hrefOf(['sessions', id], { of: isOneOfMany ? (orgId ?? '') : '' })
}

let isReading = false
let isStale = false

/** Reads the summary, and again if it is asked for meanwhile. */
async function read(): Promise<void> {
  isStale = true
  if (isReading) return
  isReading = true
  while (isStale) {
    isStale = false
    try {
      server.value = await control<ServerSummary>('/organizations')
    } catch {
      // The next event of the stream that is opened again causes another read.
    }
  }
  isReading = false
}

listen(({ kind, org_id: orgId }) => {
  const isUnknown =
    typeof orgId === 'string' && !server.value?.organizations.some(({ org_id }) => org_id === orgId)
  if (kind === 'organizations' || kind === 'reset' || kind === 'resync' || isUnknown) void read()
})
