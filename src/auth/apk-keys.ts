import { copyString } from '../base/copy-string.ts'
import type { Ids } from '../base/ids.ts'
import { DEFAULT_ORG_ID, DEFAULT_SERVICE_USER, DEFAULT_USER, type Principal, userOf } from './principal.ts'

/** A v1 key: `apk_user_…` or `apk_…`, followed by base64. Handwritten keys may have other characters, too. */
const APK_KEY = /^apk_(?:user_)?(?!user_$)[A-Za-z0-9+/=._~-]+$/

const MINTED_SERVICE = /^(org-[0-9a-f]{32}):[0-9a-f]{32}$/
const MINTED_PERSONAL = /^(.+)_(org-[0-9a-f]{32}):[0-9a-f]{32}$/

/** Returns the principal that a v1 key itself names, or undefined for a text that is not well-formed. */
export function parseApkKey(key: string): Principal | undefined {
  if (!APK_KEY.test(key)) return undefined
  const shared = { generation: 'v1', permissions: null, expiresAt: null } as const
  const text = Buffer.from(key.replace(/^apk_(user_)?/, ''), 'base64').toString('latin1')
  if (!key.startsWith('apk_user_')) {
    const [, orgId] = MINTED_SERVICE.exec(text) ?? []
    const organization = {
      orgId: orgId === undefined ? DEFAULT_ORG_ID : copyString(orgId),
      isBound: orgId !== undefined,
    }
    return { ...shared, ...organization, kind: 'service', user: null, actor: DEFAULT_SERVICE_USER }
  }
  const [, userId, orgId] = MINTED_PERSONAL.exec(text) ?? []
  const isMinted = userId !== undefined && orgId !== undefined
  const user = isMinted ? userOf(copyString(userId)) : DEFAULT_USER
  const organization = { orgId: isMinted ? copyString(orgId) : DEFAULT_ORG_ID, isBound: isMinted }
  return { ...shared, ...organization, kind: 'personal', user, actor: user }
}

/** Returns a personal and a service key in the form of real v1 keys, which contain their organization. */
export function mintApkKeys(orgId: string, ids: Ids): { personal: string; service: string } {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const userId = `email|${ids.hex().slice(0, 24)}`
  return {
    personal: `apk_user_${base64(`${userId}_${orgId}:${ids.hex()}`)}`,
    service: `apk_${base64(`${orgId}:${ids.hex()}`)}`,
  }
}
