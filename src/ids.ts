import { randomUUID } from 'node:crypto'

/** Where ids come from; everything that makes an id is handed one of these. */
export interface Ids {
  /** 32 hexadecimal digits that were not given before, the tail of every id of the API. */
  hex(): string
}

/** Ids nobody can foretell. */
export function randomIds(): Ids {
  return { hex: () => randomUUID().replaceAll('-', '') }
}
