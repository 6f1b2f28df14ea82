/** Returns the lines for a shell that point a client to an organization of this server. */
export function clientSettings(origin: string, orgId: string, key: string): string {
  return [
    `export DEVIN_API_URL=${origin}`,
    `export DEVIN_ORG_ID=${quoted(orgId)}`,
    `export DEVIN_API_KEY=${quoted(key)}`,
  ].join('\n')
}

/** Returns a text as one word of a shell. */
export function quoted(text: string): string {
  return /^[\w./:@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
