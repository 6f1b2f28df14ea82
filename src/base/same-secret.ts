import { timingSafeEqual } from 'node:crypto'

/** Returns whether two secrets are equal. The time it takes does not reveal where they differ. */
export function isSameSecret(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}
