import { ORGANIZATION_BYTES, sizeOf } from './store-quota.ts'
import type { Contents, LogDefinition, StoredRecord } from './types.ts'

/** Returns whether contents are entries of a log. */
export function isLog(definition: Contents['definition']): definition is LogDefinition<StoredRecord> {
  return 'kept' in definition
}

/** Returns the number of records; entries of a log are not counted. */
export function recordsIn(contents: readonly Contents[]): number {
  return contents.reduce(
    (count, { definition, records }) => count + (isLog(definition) ? 0 : records.length),
    0,
  )
}

/** Returns the bytes that an organization with these contents takes. */
export function sizeOfAll(contents: readonly Contents[]): number {
  return contents.reduce((sum, content) => sum + bytesIn(content), ORGANIZATION_BYTES)
}

/** Returns the bytes that the records of a collection, or the entries of a log, take. */
function bytesIn({ definition, records }: Contents): number {
  const size = isLog(definition) ? definition.bytesOf : sizeOf
  return records.reduce((sum, record) => sum + size(record), 0)
}
