import { hash, randomUUID } from 'node:crypto'

/** A source of ids. All code that creates ids receives one. */
export interface Ids {
  /** Returns a new id of 32 hexadecimal digits, the part after the prefix in ids of the API. */
  hex(): string
  /** Reserves an id that `idFor` computes when it is needed. Almost free. */
  nextNumber(): number
  /** Returns the 32 digits of a reserved id, the same for every call. */
  idFor(number: number): string
  /** The position in a seeded sequence. Set it to resume a sequence. Always 0 for random ids. */
  issued: number
}

/** Returns a source of unpredictable ids. */
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

/** Returns a source of reproducible ids, which depend only on the seed, the owner and the position. */
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

/** Returns a random number in [0, 1), uniformly distributed. Consumes one id. */
export function random(ids: Ids): number {
  // In a UUID the version follows the first 12 digits, which are all random.
  return Number.parseInt(ids.hex().slice(0, 12), 16) / 2 ** 48
}

/** Returns a UUID (version 4). Consumes one id. */
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
