/** The members of a key in a file or a state document that only v3 keys have. */
const V3_MEMBERS = ['permissions', 'expires_at'] as const

/** The error for such a member of a v1 key. */
export const V3_KEYS_ONLY = 'only a v3 key (cog_…) has it'

/** Returns the members of a v1 key (`apk_…`) that only v3 keys have: v1 knows neither permissions nor an expiry. */
export function misplacedMembers(
  entry: { readonly key: string } & { readonly [Member in (typeof V3_MEMBERS)[number]]?: unknown },
): (typeof V3_MEMBERS)[number][] {
  return entry.key.startsWith('apk_') ? V3_MEMBERS.filter((member) => entry[member] !== undefined) : []
}
