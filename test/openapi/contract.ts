import { readFileSync } from 'node:fs'
import type { OpenApiDocument, Operation } from '../../src/openapi/types.ts'

function read(name: string): OpenApiDocument {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))
}

/** The document that the API must have. */
export const contract = read('contract.json')

/** The vendor's page of one operation in Chinese: a document of that operation alone. */
export const publishedDeleteSecret = read('published-delete-secret.zh.json')

/** The operations of a document by `METHOD /path`. */
export function operationsOf(document: OpenApiDocument): Map<string, Operation> {
  const operations = new Map<string, Operation>()
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      operations.set(`${method.toUpperCase()} ${path}`, operation)
    }
  }
  return operations
}

/** The names of the components that something refers to, directly or through other components. */
export function reachable(from: unknown, document: OpenApiDocument): Set<string> {
  const names = new Set<string>()
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, member] of Object.entries(value)) {
      if (key !== '$ref') visit(member)
      else {
        const name = String(member).replace('#/components/schemas/', '')
        if (names.has(name)) continue
        names.add(name)
        visit(document.components.schemas[name])
      }
    }
  }
  visit(from)
  return names
}
