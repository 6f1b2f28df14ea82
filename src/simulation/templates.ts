/** What a template may name, as `{{name}}`. */
export interface TemplateValues {
  readonly prompt: string
  /** The first line of the prompt, cut to 80 characters. */
  readonly request: string
  readonly title: string
  readonly tags: string
  readonly session_id: string
  /** The URLs of the attachments that the prompt and the messages name, comma-joined. */
  readonly attachments: string
  /** The latest message of a user; the prompt before there is one. */
  readonly last_message: string
  readonly pull_request_url: string
}

/** The names that a template may use. */
export const TEMPLATE_NAMES: readonly (keyof TemplateValues)[] = [
  'prompt',
  'request',
  'title',
  'tags',
  'session_id',
  'attachments',
  'last_message',
  'pull_request_url',
]

const PLACEHOLDER = /\{\{\s*([a-z_]+)\s*\}\}/g

/** The text with every `{{name}}` replaced; a name that is none stays as it is. */
export function fillTemplate(text: string, values: TemplateValues): string {
  return text.replace(PLACEHOLDER, (whole, name: string) =>
    Object.hasOwn(values, name) ? values[name as keyof TemplateValues] : whole,
  )
}

/** JSON data with the templates in all its texts filled. */
export function fillJson(value: unknown, values: TemplateValues): unknown {
  if (typeof value === 'string') return fillTemplate(value, values)
  if (Array.isArray(value)) return value.map((item) => fillJson(item, values))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillJson(item, values)]))
}
