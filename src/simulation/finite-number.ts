/** Returns an integer of any size as a finite number, since records are plain JSON. */
export function finiteNumber(integer: number | bigint): number {
  return Math.min(Math.max(Number(integer), -Number.MAX_VALUE), Number.MAX_VALUE)
}
