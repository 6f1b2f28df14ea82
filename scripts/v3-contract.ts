// `node scripts/v3-contract.ts contract.yaml`: takes over a new version of the vendor's v3 contract. Writes the document that is
// served (src/schemas/v3/contract.json) and the types of its requests and responses (src/schemas/v3/contract.ts).
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { type Contract, typesOf } from './v3-types.ts'

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('usage: node scripts/v3-contract.ts contract.yaml')
const contract = withoutExtensions(parse(readFileSync(file, 'utf8'))) as Contract
const json = new URL('../src/schemas/v3/contract.json', import.meta.url)
writeFileSync(json, `${JSON.stringify(contract)}\n`)
const types = new URL('../src/schemas/v3/contract.ts', import.meta.url)
writeFileSync(types, typesOf(contract))
const biome = fileURLToPath(new URL('../node_modules/.bin/biome', import.meta.url))
execFileSync(biome, ['check', '--write', fileURLToPath(types)], { stdio: 'inherit' })

/** Copies a document without its `x-` members, which are notes. */
function withoutExtensions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutExtensions)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).filter(([name]) => !name.startsWith('x-'))
  return Object.fromEntries(members.map(([name, member]) => [name, withoutExtensions(member)]))
}
