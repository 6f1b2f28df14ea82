// Checks a software bill of materials against the schema of CycloneDX, and against the one that npm makes from the lock file.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'

/** The parts of a component that are compared. */
interface Component {
  readonly purl: string
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
}

/** The parts of a document that are compared. */
interface Sbom {
  readonly components: readonly Component[]
}

/** Returns what CycloneDX's own schema finds wrong with a document of version 1.6. */
export function schemaErrors(sbom: unknown): string[] {
  const validate = validator()
  return validate(sbom)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

function validator() {
  const { resolve } = createRequire(import.meta.url)
  const folder = join(dirname(resolve('@cyclonedx/cyclonedx-library/package.json')), 'res/schema')
  const read = (name: string) =>
    JSON.parse(readFileSync(join(folder, `${name}.SNAPSHOT.schema.json`), 'utf8'))
  const ajv = new Ajv({ strict: false, allErrors: true })
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
    ajv.addSchema(read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`)
  formats.default(ajv)
  // The document has no internationalized addresses. Ajv's formats have no check for them.
  ajv.addFormat('idn-email', true).addFormat('iri-reference', true)
  return ajv.compile(read('bom-1.6'))
}

/**
 * Returns the components that another document does not have with the same hash. A component without a hash is not compared: Swagger UI,
 * whose files another package contains.
 */
export function unconfirmed(sbom: Sbom, other: Sbom): string[] {
  const known = new Map(other.components.map(({ purl, hashes }) => [purl, hashes?.[0]?.content]))
  return sbom.components
    .filter(({ purl, hashes }) => hashes !== undefined && known.get(purl) !== hashes[0]?.content)
    .map(({ purl }) => purl)
}

/** Returns the names of the packages in a bundle's code, from the comments in which rolldown names the file of each module. */
export function packagesNamedIn(code: string): Set<string> {
  const comments = code.matchAll(
    /^\/\/ ?(?:#region )?(?:\S*\/)?node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\/\S+$/gm,
  )
  return new Set([...comments].map(([, name = '']) => name))
}
