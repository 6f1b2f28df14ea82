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

/** The names that a text uses as templates, and whether there are such. */
export function templateNames(text: string): { name: string; known: boolean }[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => ({ name, known: Object.hasOwn(NAMES, name) }))
}
