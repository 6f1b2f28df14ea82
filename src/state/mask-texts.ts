import { MASK, maskKeys } from '../base/mask-keys.ts'
import { hasConfidential } from '../journal/secret-fields.ts'

/** Members that are not masked, since other parts of the document refer to them, or a mask would break their syntax. */
const EXACT: ReadonlySet<string> = new Set(['id', 'org_id', 'match', 'base64', 'macro'])

/** Members that may hold any JSON. Texts in them are not treated as the body of a secret. */
const OPEN_MEMBERS: ReadonlySet<string> = new Set(['scenario', 'structured_output_schema'])

/**
 * Returns a copy of a value of a state document with the keys in its texts masked. A text that is itself the JSON of a secret
 * is masked entirely. The copy is still a valid document. Takes one step per member.
 */
export function maskTexts<Value>(value: Value): Value {
  return mask(value, true) as Value
}

function mask(value: unknown, findsSecrets: boolean): unknown {
  if (typeof value === 'string') {
    return findsSecrets && hasConfidential(value, false) ? MASK : maskKeys(value)
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => mask(item, findsSecrets))
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      maskKeys(name),
      EXACT.has(name) ? member : mask(member, findsSecrets && !OPEN_MEMBERS.has(name)),
    ]),
  )
}
