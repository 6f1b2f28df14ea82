import { quoted } from './shell.ts'

/** The id of the enterprise itself in place of that of an organization. */
export const ENTERPRISE = 'enterprise'

/** The server and the organization that a command is for. */
export interface Target {
  readonly origin: string
  readonly orgId: string
  /** The key, or the name of a variable of the shell that has it, such as `$DEVIN_API_KEY`. */
  readonly key: string
}

/** Returns the base path of what an organization has in v3. */
export function basePath(orgId: string): string {
  return orgId === ENTERPRISE ? '/v3/enterprise' : `/v3/organizations/${encodeURIComponent(orgId)}`
}

/** Returns a command for a shell that creates something with a JSON body. */
export function createCommand({ origin, orgId, key }: Target, path: string, body: unknown): string {
  return (
    `curl ${origin}${basePath(orgId)}${path} -H "Authorization: Bearer ${key}"` +
    ` -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(body))}`
  )
}

/** Returns a command for a shell that uploads a file of its working folder. */
export function uploadCommand({ origin, orgId, key }: Target): string {
  return `curl ${origin}${basePath(orgId)}/attachments -H "Authorization: Bearer ${key}" -F 'file=@notes.txt'`
}
