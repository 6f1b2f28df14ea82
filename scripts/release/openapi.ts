// Lints the OpenAPI documents that a server serves, with Redocly's recommended rules.
import { createConfig, lintFromString } from '@redocly/openapi-core'

/** The paths of all documents, in every form and language. */
export const DOCUMENTS = [
  '/v3-openapi.yaml',
  '/v3-openapi.json',
  '/zh/v3-openapi.yaml',
  '/v1-openapi.yaml',
  '/openapi.json',
  '/zh/v1-openapi.yaml',
  '/_fake/openapi.json',
]

/** Rules that no document follows. */
const OFF = {
  // The vendor's documents have none, and a document that a server serves belongs to that server.
  'no-empty-servers': 'off',
  // The vendor publishes none. The document describes a running server, whose licence does not concern its clients.
  'info-license': 'off',
  // The vendor's attachments only redirect, and some of its operations have no 4XX. Of the fake's own, the health check has none.
  'operation-2xx-response': 'off',
  'operation-4xx-response': 'off',
} as const

/** Rules that the vendor's document of v3 breaks: two of its paths overlap, and one of its schemas is used nowhere. */
const OFF_IN_V3 = { 'no-ambiguous-paths': 'off', 'no-unused-components': 'off' } as const

/** Returns the problems of a document, as lines. */
export async function problemsOf(path: string, source: string): Promise<string[]> {
  const rules = { ...OFF, ...(path.includes('v3') ? OFF_IN_V3 : {}) }
  const config = await createConfig({ extends: ['recommended'], rules })
  const problems = await lintFromString({ source, absoluteRef: path, config })
  return problems.map(
    ({ ruleId, message, location }) => `${path}${location[0]?.pointer ?? ''}: ${message} (${ruleId})`,
  )
}

/** Returns the problems of all documents of a server. */
export async function problemsOfServer(url: string): Promise<string[]> {
  const found: string[] = []
  for (const path of DOCUMENTS) {
    const answer = await fetch(url + path)
    if (answer.ok) found.push(...(await problemsOf(path, await answer.text())))
    else found.push(`${path} answers ${answer.status}`)
  }
  return found
}
