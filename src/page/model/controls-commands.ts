import { wordOf } from './shell.ts'

/** Returns the lines for a shell that point a client to an organization of this server. */
export function clientSettings(origin: string, orgId: string, key: string): string {
  return [
    `export DEVIN_API_URL=${origin}`,
    `export DEVIN_ORG_ID=${wordOf(orgId)}`,
    `export DEVIN_API_KEY=${wordOf(key)}`,
  ].join('\n')
}
