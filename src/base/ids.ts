import { hash, randomUUID } from 'node:crypto'

/** Where ids come from; everything that makes an id is handed one of these. */
export interface Ids {
  /** 32 hexadecimal digits that were not given before, the tail of every id of the API. */
  hex(): string
  /** Sets an id aside that is made only when somebody looks at it. Costs next to nothing. */
  nextNumber(): number
  /** The 32 digits of an id that was set aside: the same at every call. */
  idFor(number: number): string
  /** How many a seeded sequence has given so far; set, it is taken up from there. Random ids do not count. */
  issued: number
}

/** Ids nobody can foretell. */
export function randomIds(): Ids {
  let reserved = 0
  let salt: string | undefined
  return {
    hex: () => randomUUID().replaceAll('-', ''),
    nextNumber: () => reserved++,
    idFor(number) {
      salt ??= randomUUID()
      return digest(`${salt} ${number}`)
    },
    issued: 0,
  }
}

/** Ids that are the same in every run: they follow from the seed, from whose they are, and from how many were given. */
export function seededIds(seed: number, owner: string): Ids {
  const ids: Ids = {
    hex: () => ids.idFor(ids.nextNumber()),
    nextNumber: () => ids.issued++,
    idFor: (number) => digest(`${seed} ${owner} ${number}`),
    issued: 0,
  }
  return ids
}

function digest(text: string): string {
  return hash('sha256', text).slice(0, 32)
}

/** A number from 0 up to but not 1, each as likely as the other; it uses up an id. */
export function random(ids: Ids): number {
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
