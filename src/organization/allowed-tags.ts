import type { Principal } from '../auth/principal.ts'
import { ALLOWED_TAGS_MAX, type SettingsRecord } from '../resources/settings.ts'
import { Impossible, NotFound } from './errors.ts'
import type { Organization } from './organizations.ts'
import { changeSettings } from './settings.ts'

/** The tag that the vendor keeps for itself, in any case. */
const RESERVED_TAG = /^security-code-scan$/i

/**
 * Replaces the tags that are allowed for sessions. A default tag that is not among them is removed. Throws {@link Impossible} for too many,
 * or a reserved one.
 */
export async function replaceAllowedTags(
  organization: Organization,
  principal: Principal,
  tags: readonly string[],
): Promise<SettingsRecord> {
  return changeTags(organization, principal, () => ({ allowedTags: tags }))
}

/** Adds tags to those that are allowed. Throws {@link Impossible} for too many, or a reserved one. */
export async function appendAllowedTags(
  organization: Organization,
  principal: Principal,
  tags: readonly string[],
): Promise<SettingsRecord> {
  return changeTags(organization, principal, ({ allowedTags }) => ({
    allowedTags: [...allowedTags, ...tags],
  }))
}

/** Removes a tag from those that are allowed. Throws {@link NotFound}. */
export async function removeAllowedTag(
  organization: Organization,
  principal: Principal,
  tag: string,
): Promise<SettingsRecord> {
  return changeTags(organization, principal, ({ allowedTags }) => {
    if (!allowedTags.includes(tag)) throw new NotFound('tag')
    return { allowedTags: allowedTags.filter((one) => one !== tag) }
  })
}

/** Sets the tag of new sessions that are created without tags; null for none. Throws {@link Impossible} if it is not allowed. */
export async function setDefaultTag(
  organization: Organization,
  principal: Principal,
  tag: string | null,
): Promise<SettingsRecord> {
  return changeTags(organization, principal, ({ allowedTags }) => {
    if (tag !== null && !allowedTags.includes(tag.toWellFormed())) {
      throw new Impossible('The default tag must exist in the allowed tags')
    }
    return { defaultTag: tag?.toWellFormed() ?? null }
  })
}

async function changeTags(
  organization: Organization,
  principal: Principal,
  change: (before: SettingsRecord) => Partial<Pick<SettingsRecord, 'allowedTags' | 'defaultTag'>>,
): Promise<SettingsRecord> {
  const changed = await changeSettings(organization, (before) => {
    const { allowedTags: given, defaultTag } = { ...before, ...change(before) }
    // The vendor's Terraform provider expects them sorted.
    const allowedTags = [...new Set(given.map((tag) => tag.toWellFormed()))].sort()
    if (allowedTags.length > ALLOWED_TAGS_MAX) {
      throw new Impossible(`There can be at most ${ALLOWED_TAGS_MAX} allowed tags`)
    }
    const reserved = allowedTags.find((tag) => RESERVED_TAG.test(tag))
    if (reserved !== undefined) throw new Impossible(`The tag ${reserved} is reserved`)
    return { allowedTags, defaultTag: allowedTags.find((tag) => tag === defaultTag) ?? null }
  })
  organization.auditLog.write(principal, 'update_allowed_tags', organization.orgId)
  return changed
}
