import type { Ids } from '../base/ids.ts'
import { DEFAULT_ORG_ID, DEFAULT_SERVICE_USER, type Principal, serviceUserOf, userOf } from './principal.ts'

/** A v3 key: `cog_` and, in real ones, 52 characters of base32. Handwritten keys may have other characters, too. */
const COG_KEY = /^cog_[A-Za-z0-9+/=._~-]+$/

/** A minted key, like a real one: 52 characters of base32 have room for 32 bytes. */
const MINTED = /^cog_([a-z2-7]{52})$/

/** The bytes after the organization by which minted keys are recognized. A real key has them once in 2^32. */
const MARK = 'fa4ede71'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/**
 * Returns the principal that a v3 key itself names, or undefined for a text that is not well-formed. A minted key consists of the 16 bytes of
 * its organization's id, the mark, a byte that tells service users (0) from personal access tokens (1), and 11 random bytes.
 */
export function parseCogKey(key: string): Principal | undefined {
  if (!COG_KEY.test(key)) return undefined
  const shared = { generation: 'v3', permissions: null, expiresAt: null } as const
  const [, text] = MINTED.exec(key) ?? []
  const hex = text === undefined ? '' : decodeBase32(text)
  if (hex.slice(32, 40) !== MARK) {
    const actor = DEFAULT_SERVICE_USER
    return { ...shared, orgId: DEFAULT_ORG_ID, isBound: false, kind: 'service', user: null, actor }
  }
  const organization = { orgId: `org-${hex.slice(0, 32)}`, isBound: true }
  const tail = hex.slice(42)
  if (hex.slice(40, 42) === '01') {
    const user = userOf(`email|${tail.padEnd(24, '0')}`)
    return { ...shared, ...organization, kind: 'personal', user, actor: user }
  }
  const actor = serviceUserOf(`service-user-${tail.padEnd(32, '0')}`)
  return { ...shared, ...organization, kind: 'service', user: null, actor }
}

/**
 * Returns a service user's key and a personal access token in the form of real v3 keys. They contain their organization if its id
 * has 32 hexadecimal digits; otherwise they are only valid as registered keys.
 */
export function mintCogKeys(orgId: string, ids: Ids): { personal: string; service: string } {
  const [, hex] = /^org-([0-9a-f]{32})$/.exec(orgId) ?? []
  const owner = () => (hex === undefined ? `${ids.hex()}${ids.hex().slice(0, 8)}` : `${hex}${MARK}`)
  const mint = (kind: '00' | '01') => `cog_${encodeBase32(`${owner()}${kind}${ids.hex().slice(0, 22)}`)}`
  return { personal: mint('01'), service: mint('00') }
}

/** Encodes 32 bytes, given as hexadecimal digits. The last character has four bits of padding. */
function encodeBase32(hex: string): string {
  let bits = BigInt(`0x${hex}`) << 4n
  let text = ''
  for (let count = 0; count < 52; count++) {
    text = BASE32[Number(bits & 31n)] + text
    bits >>= 5n
  }
  return text
}

function decodeBase32(text: string): string {
  let bits = 0n
  for (const character of text) bits = (bits << 5n) | BigInt(BASE32.indexOf(character))
  return (bits >> 4n).toString(16).padStart(64, '0')
}
