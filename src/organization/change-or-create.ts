import { type Collection, type StoredRecord, UniqueKeyError } from '../store/types.ts'

/** Changes a record. One that is not stored yet is stored with its first change. `change` may throw to change nothing. */
export async function changeOrCreate<R extends StoredRecord>(
  collection: Collection<R>,
  record: R,
  change: (before: R) => R,
): Promise<R> {
  const updated = await collection.update(record.id, change)
  if (updated !== undefined) return updated
  const created = change(record)
  try {
    await collection.insert(created)
    return created
  } catch (error) {
    // Usually a concurrent request has stored it.
    const retried = error instanceof UniqueKeyError ? await collection.update(record.id, change) : undefined
    if (retried === undefined) throw error
    return retried
  }
}
