import { readFileSync } from 'node:fs'
import type { OpenApiDocument, Operation } from '../../src/openapi/types.ts'

function read(name: string): OpenApiDocument {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))
}

/** The document that the API must serve. */
export const contract = read('contract.json')

/** The operations for legacy clients, which are not in the contract. */
export const legacyContract = read('legacy.json')

/** The vendor's Chinese page of one operation, which is a document of that operation only. */
export const publishedDeleteSecret = read('published-delete-secret.zh.json')

/** Returns the operations of a document by `METHOD /path`. */
export function operationsOf(document: OpenApiDocument): Map<string, Operation> {
  const operations = new Map<string, Operation>()
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      operations.set(`${method.toUpperCase()} ${path}`, operation)
    }
  }
  return operations
}

/** Returns the names of the components that a value references, directly or through other components. */
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
