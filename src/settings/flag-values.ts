import { LOCAL_PROXIES, TrustedProxies } from '../fastapi/forwarded.ts'
import { VENDOR_APP_URL } from '../schemas/session-url.ts'
import type { CommandName } from './commands.ts'

/** A boolean flag. */
export const SWITCH = { default: false, takes: 'true or false', parse: parseSwitch }

/** The path of a file. Rejects keys, which may have been typed in the wrong place. */
export const FILE = { default: undefined, takes: 'the path of a file', parse: parsePath }

/** A port number; 0 picks a free one. */
export const PORT = { takes: 'a port from 0 to 65535', parse: parsePort }

/** A maximum number of items. */
export const COUNT = { takes: 'a whole number, 0 or more', parse: parseWhole }

/** A size as in {@link BYTES}, or 0. */
export const BYTES_OR_NONE = {
  takes: 'a number of bytes, such as 500000, 64KiB or 10MB; 0 for none',
  parse: (text: string) => (text === '0' ? 0 : parseBytes(text)),
}

/** A size in bytes, with an optional unit. */
export const BYTES = { takes: 'a number of bytes, such as 500000, 64KiB or 10MB', parse: parseBytes }

/** The value of the flag for the trusted proxies if there are none, which is an empty list in the configuration. */
export const NO_PROXIES = 'none'

/** The trusted proxies. */
export const PROXIES = {
  default: LOCAL_PROXIES,
  takes: 'IP addresses and networks separated by commas, * or none',
  parse: parseProxies,
}

/** The flag for the seed of the ids. */
export const SEED_IDS = {
  name: 'seed-ids',
  variables: [{ name: 'FAKE_DEVIN_SEED_IDS' }],
  placeholder: 'N',
  default: undefined,
  text: 'Seed for the ids, which are then the same in every run.',
  takes: 'a whole number from 0 to 9007199254740991',
  parse: parseWhole,
}

/** The flag for the address of the web app that shows sessions. */
export const APP_URL = {
  name: 'app-url',
  variables: [{ name: 'FAKE_DEVIN_APP_URL' }],
  placeholder: 'URL',
  default: VENDOR_APP_URL,
  text: 'Web app in the URLs of sessions; http://localhost:8080/_fake/# for the page of this server.',
  takes: 'an address that begins with http:// or https://, such as http://localhost:8080/_fake/#',
  parse: parseApp,
}

/** How fast time passes. */
export const SPEED = {
  name: 'speed',
  variables: [{ name: 'FAKE_DEVIN_SPEED' }],
  placeholder: 'N',
  default: 1,
  text: 'Speed of time: with 60, a minute takes a second; with instant, sessions do not wait.',
  takes: 'a number above 0 (at most 1000000), or instant',
  parse: parseSpeed,
}

/** The store in the memory of the process. */
export const MEMORY = 'memory'

/** Where the state is kept. The password in a URL must not be shown. */
export const STORE = {
  name: 'store',
  commands: ['serve', 'store'] as const,
  variables: [{ name: 'FAKE_DEVIN_STORE' }],
  placeholder: 'STORE',
  default: MEMORY,
  isSecret: true,
  text: 'Where the state is kept: memory, the path of a SQLite file, or postgres://…; see docs/stores.md.',
  textFor: (command: CommandName) =>
    command === 'store'
      ? 'The store, which is required: the path of a SQLite file, or postgres://…; see docs/stores.md.'
      : undefined,
  requiredBy: ['store'] as const,
  takes:
    'memory, the path of a file, or the URL of a PostgreSQL database (postgres://user:password@host/name)',
  parse: parseStore,
}

/** How other programs name a database, which would be the path of a file here. */
const FOREIGN_STORE = /^(?::memory:$|(?:file|sqlite|postgres(?:ql)?):)/i

function parseStore(text: string): string | undefined {
  const [, scheme] = /^([a-z][a-z0-9+.-]+):\/\//i.exec(text) ?? []
  if (scheme === undefined) return FOREIGN_STORE.test(text) ? undefined : parsePath(text)
  return /^postgres(?:ql)?$/i.test(scheme) && URL.canParse(text) ? text : undefined
}

/** Parses an address that `/sessions/…` is appended to. */
function parseApp(text: string): string | undefined {
  if (!/^https?:\/\/[^\s?]+$/i.test(text) || !URL.canParse(text)) return undefined
  const { username, password } = new URL(text)
  return username === '' && password === '' ? text.replace(/\/+$/, '') : undefined
}

function parseProxies(text: string): string | undefined {
  if (text === NO_PROXIES) return ''
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

/** Parses a speed, the number of fake seconds per real second, or `instant`. */
function parseSpeed(text: string): number | 'instant' | undefined {
  if (text === 'instant') return text
  const speed = /^\d{1,7}(?:\.\d{1,6})?$/.test(text) ? Number(text) : 0
  return speed > 0 && speed <= 1_000_000 ? speed : undefined
}

/** Parses a non-negative safe integer. */
function parseWhole(text: string): number | undefined {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : -1
  return number >= 0 && Number.isSafeInteger(number) ? number : undefined
}
