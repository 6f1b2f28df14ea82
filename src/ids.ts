import { createHash, randomUUID } from 'node:crypto'

/** Where ids come from; everything that makes an id is handed one of these. */
export interface Ids {
  /** 32 hexadecimal digits that were not given before, the tail of every id of the API. */
  hex(): string
  /** How many a seeded sequence has given so far; set, it is taken up from there. Random ids do not count. */
  given: number
}

/** Ids nobody can foretell. */
export function randomIds(): Ids {
  return { hex: () => randomUUID().replaceAll('-', ''), given: 0 }
}

/** Ids that are the same in every run: they follow from the seed, from whose they are, and from how many were given. */
export function seededIds(seed: number, owner: string): Ids {
  const ids: Ids = {
    hex: () =>
      createHash('sha256')
        .update(`${seed} ${owner} ${ids.given++}`)
        .digest('hex')
        .slice(0, 32),
    given: 0,
  }
  return ids
}

/** A number from 0 up to but not 1, each as likely as the other; it uses up an id. */
export function chance(ids: Ids): number {
  // The first 12 digits of a random id are the ones before its version.
  return Number.parseInt(ids.hex().slice(0, 12), 16) / 2 ** 48
}

/** An id in the form of a UUID (version 4). */
export function randomUuid(ids: Ids): string {
  const hex = ids.hex()
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-')
}
