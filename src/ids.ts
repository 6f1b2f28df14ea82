import { createHash, randomUUID } from 'node:crypto'

/** Where ids come from; everything that makes an id is handed one of these. */
export interface Ids {
  /** 32 hexadecimal digits that were not given before, the tail of every id of the API. */
  hex(): string
  /** How many a seeded sequence has given so far, from where it can be taken up again; 0 for random ids. */
  readonly given: number
}

/** Ids nobody can foretell. */
export function randomIds(): Ids {
  return { hex: () => randomUUID().replaceAll('-', ''), given: 0 }
}

/** Ids that are the same in every run: they follow from the seed, from whose they are, and from how many were given (`start` at first). */
export function seededIds(seed: number, owner: string, start = 0): Ids {
  let given = start
  return {
    hex: () => createHash('sha256').update(`${seed} ${owner} ${given++}`).digest('hex').slice(0, 32),
    get given() {
      return given
    },
  }
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
