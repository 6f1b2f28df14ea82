/** Returns the address of a session in the vendor's web app. */
export function sessionUrl(id: string): string {
  return `https://app.devin.ai/sessions/${id.replace(/^devin-/, '')}`
}
