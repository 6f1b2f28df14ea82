import { LOCAL_PROXIES, TrustedProxies } from '../fastapi/forwarded.ts'

/** A flag that is there or not. */
export const SWITCH = { default: false, takes: 'true or false', parse: parseSwitch }

/** The path of a file; not a key that was typed in the wrong place. */
export const FILE = { default: undefined, takes: 'the path of a file', parse: parsePath }

/** The number of a port; 0 for a free one. */
export const PORT = { takes: 'a port from 0 to 65535', parse: parsePort }

/** How many of something may be kept. */
export const COUNT = { takes: 'a whole number', parse: parseWhole }

/** As BYTES, or 0 for nothing. */
export const BYTES_OR_NONE = {
  takes: 'a number of bytes, such as 500000, 64KiB or 10MB; 0 for none',
  parse: (text: string) => (text === '0' ? 0 : parseBytes(text)),
}

/** A size in bytes, with a unit if need be. */
export const BYTES = { takes: 'a number of bytes, such as 500000, 64KiB or 10MB', parse: parseBytes }

/** The proxies that are trusted. */
export const PROXIES = {
  default: LOCAL_PROXIES,
  takes: 'IP addresses and networks separated by commas, * or none',
  parse: parseProxies,
}

function parseProxies(text: string): string | undefined {
  if (text === 'none') return ''
  try {
    new TrustedProxies(text)
    return text
  } catch {
    return undefined
  }
}

function parsePort(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined
}

function parseSwitch(text: string): boolean | undefined {
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : undefined
}

function parsePath(text: string): string | undefined {
  return text === '' || /^(?:apk|cog)_/.test(text) ? undefined : text
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
}

function parseBytes(text: string): number | undefined {
  const [, digits, unit = ''] = /^([1-9]\d{0,11})([kmg]i?b)?$/i.exec(text) ?? []
  const bytes = Number(digits) * Number(UNITS[unit.toLowerCase()])
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** How many seconds pass in one, or `instant`. */
export function parseSpeed(text: string): number | 'instant' | undefined {
  if (text === 'instant') return text
  const speed = /^\d{1,7}(?:\.\d{1,6})?$/.test(text) ? Number(text) : 0
  return speed > 0 && speed <= 1_000_000 ? speed : undefined
}

/** A whole number from 0 that JavaScript can tell from its neighbours. */
export function parseWhole(text: string): number | undefined {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : -1
  return number >= 0 && Number.isSafeInteger(number) ? number : undefined
}
