/** Values of earlier answers, such as ids, by the name of the parameter that takes them. */
export type KnownValues = Readonly<Record<string, readonly string[]>>

/** The number of values of a parameter that are kept. */
export const VALUES_MAX = 8

/**
 * Returns a placeholder for a value of an earlier answer. `number` counts back from the latest one. Requests with placeholders are
 * data, so a failure can be printed and reproduced.
 */
export function knownValue(name: string, number: number): string {
  return `<<${name}#${number}>>`
}

const PLACEHOLDER = /<<([^<>#]+)#(\d)>>/g

/** Returns a text with values in place of its placeholders, each encoded by `encode`. */
export function fillIn(text: string, known: KnownValues, encode: (value: string) => string): string {
  return text.replaceAll(PLACEHOLDER, (_, name: string, number: string) => {
    const values = known[name] ?? []
    return encode(values.at(-1 - (Number(number) % Math.max(values.length, 1))) ?? 'unknown')
  })
}

/** Returns whether a segment of a path is a value without special characters, or a placeholder for one. */
export function isPlainSegment(segment: string): boolean {
  return /^(?:[\w-]+|<<[^<>#]+#\d>>)$/.test(segment)
}

/** Returns the name of the cursors of a list: they are invalid for every other list. */
export function cursorOf(template: string): string {
  return `cursor of ${template}`
}

/** The name of the organizations that requests may delete. */
export const EXTRA_ORG_ID = 'extra_org_id'

const V1_PARAMETERS = { devin: 'session_id', secret: 'secret_id', note: 'note_id', playbook: 'playbook_id' }

/** The other names of a parameter that takes the values of a member. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  session_id: ['devin_id', 'target_devin_id'],
  scheduled_session_id: ['schedule_id'],
  user_id: ['create_as_user_id', 'message_as_user_id', 'run_as_user_id'],
  scan_id: ['code_scan_id'],
}

/** Adds the ids, cursors and attachment URLs in an answer to `known`. `template` is the path of its operation. */
export function collectValues(known: Record<string, string[]>, template: string, answer: string): void {
  const add = (name: string, value: string) => {
    const values = known[name] ?? []
    if (!values.includes(value)) known[name] = [...values, value].slice(-VALUES_MAX)
  }
  for (const [, id = '', kind = ''] of answer.matchAll(/"((devin|secret|note|playbook)-[0-9a-f]{32})"/g)) {
    add(V1_PARAMETERS[kind as keyof typeof V1_PARAMETERS], id)
  }
  for (const [, name = '', value = ''] of answer.matchAll(/"(\w+_id|end_cursor)":"([\w|.@=+/-]{1,300})"/g)) {
    if (name === 'org_id') {
      const isExtra = isOrganization(template) && known.org_id?.includes(value) === false
      if (isExtra) add(EXTRA_ORG_ID, value)
      continue
    }
    if (name === 'end_cursor') add(cursorOf(template), value)
    for (const one of [name, ...(ALIASES[name] ?? [])]) add(one, value)
  }
  const [, uuid, file] = /\/attachments\/([0-9a-f-]{36})\/([^"?]+)"/.exec(answer) ?? []
  if (uuid !== undefined) add('uuid', uuid)
  if (file !== undefined) add('name', file)
}

/** Returns whether the answers at a path of the enterprise are about organizations themselves. */
function isOrganization(template: string): boolean {
  return /\/enterprise\/organizations(?:\/\{org_id\})?$/.test(template)
}
