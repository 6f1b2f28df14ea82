import { timingSafeEqual } from 'node:crypto'

/** Returns whether two secrets are the same. The time that it takes does not tell where they differ. */
export function isSameSecret(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}
