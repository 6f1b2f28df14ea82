import { sizeOf } from './store-quota.ts'
import type { Order, StoredRecord } from './types.ts'

/** A record of a collection, linked to its neighbours in the order of insertion. */
export interface Entry<R> {
  record: R
  /** The memory that the record takes; undefined until needed for a record set by `replace`. */
  bytes: number | undefined
  /** Increases with each insertion. */
  sequence: number
  older: Entry<R> | undefined
  newer: Entry<R> | undefined
}

/** Returns the entry that follows another one in an order. */
export function following<R>({ newer, older }: Entry<R>, order: Order): Entry<R> | undefined {
  return order === 'oldest' ? newer : older
}

/** Returns the memory that a record takes. */
export function bytesIn({ record, bytes }: Entry<StoredRecord>): number {
  return bytes ?? sizeOf(record)
}
