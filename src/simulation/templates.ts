/** What a template may name, as `{{name}}`. Nothing is made before a template names it. */
export interface TemplateValues {
  readonly prompt: () => string
  /** The first line of the prompt, cut to 80 characters. */
  readonly request: () => string
  readonly title: () => string
  readonly tags: () => string
  readonly session_id: () => string
  /** The URLs of the attachments that the prompt and the messages name, comma-joined. */
  readonly attachments: () => string
  /** The latest message of a user; the prompt before there is one. */
  readonly last_message: () => string
  readonly pull_request_url: () => string
}

const NAMES: Readonly<Record<keyof TemplateValues, true>> = {
  prompt: true,
  request: true,
  title: true,
  tags: true,
  session_id: true,
  attachments: true,
  last_message: true,
  pull_request_url: true,
}

const PLACEHOLDER = /\{\{\s*([a-z_]+)\s*\}\}/g

/** The text with every `{{name}}` replaced; a name that is none stays as it is. */
export function fillTemplate(text: string, values: TemplateValues): string {
  return text.replace(PLACEHOLDER, (whole, name: string) => (isName(name) ? values[name]() : whole))
}

/** JSON data with the templates in all its texts filled. */
export function fillJson(value: unknown, values: TemplateValues): unknown {
  if (typeof value === 'string') return fillTemplate(value, values)
  if (Array.isArray(value)) return value.map((item) => fillJson(item, values))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillJson(item, values)]))
}

/** The names that a text uses as templates, and whether there are such. */
export function templateNames(text: string): { name: string; known: boolean }[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => ({ name, known: isName(name) }))
}

function isName(name: string): name is keyof TemplateValues {
  return Object.hasOwn(NAMES, name)
}
