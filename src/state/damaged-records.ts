import { encodeJson } from '../fastapi/json/encode.ts'
import { parseJson } from '../fastapi/json/parse.ts'
import { lateValidator, type Validate, ValidationContext } from '../fastapi/validation/compile.ts'
import type { NewState } from '../organization/state.ts'
import { type AnyResource, resourceEntries } from '../resources/index.ts'
import type { StoredRecord } from '../store/types.ts'

/** All kinds of records, with the validators of their documents. */
const KINDS = resourceEntries.map(([kind, resource]) => ({
  kind,
  resource,
  validate: lateValidator(resource.document),
}))

/**
 * Yields what is wrong with the records of a state that was read from a database, a phrase for each damaged record: a state document
 * could not contain it. Never quotes the values of a record, which may be secret.
 */
export function* damagedRecords({ organizations, overriddenNames }: NewState): Generator<string> {
  for (const { kind, resource, validate } of KINDS) {
    for (const { orgId, records } of organizations) {
      for (const record of records[kind]) {
        const reason = damageOf(record, { resource, validate, overriddenNames })
        if (reason !== undefined) yield `${record.id} in ${resource.name} of ${orgId}: ${reason}`
      }
    }
  }
}

/** Returns what is wrong with a record; undefined if it is as it should be. */
function damageOf(
  record: StoredRecord,
  {
    resource,
    validate,
    overriddenNames,
  }: {
    readonly resource: AnyResource
    readonly validate: Validate
    readonly overriddenNames: ReadonlySet<string> | undefined
  },
): string | undefined {
  const context = new ValidationContext()
  try {
    validate(documentOf(resource.encode(record, overriddenNames)), context)
  } catch {
    return 'it has another form'
  }
  const [issue] = context.issues
  return issue && `${issue.loc.join('.')}: ${issue.msg}`
}

/** Returns a document as it is after writing and reading it, with an empty text for the content of a file. */
function documentOf(encoded: Readonly<Record<string, unknown>>): unknown {
  const members = Object.entries(encoded).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? '' : value,
  ])
  return parseJson(encodeJson(Object.fromEntries(members)))
}
