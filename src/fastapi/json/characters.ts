const ZERO = 0x30

/** Returns whether a UTF-16 code unit is an ASCII digit. */
export function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9
}

/** Returns whether a UTF-16 code unit is a hexadecimal digit. */
export function isHexDigit(code: number): boolean {
  const letter = code | 0x20
  return isDigit(code) || (letter >= 0x61 && letter <= 0x66)
}

/** Returns the number of code points before the index `end`. */
export function countCodePoints(text: string, end: number): number {
  let count = end
  for (let at = 0; at + 1 < end; at++) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) {
      count--
      at++
    }
  }
  return count
}
