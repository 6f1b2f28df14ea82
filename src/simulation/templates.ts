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

/** How much text a scenario may make in one session, in UTF-16 units: what its messages say, and what templates stand for. */
export const MADE_TEXT_MAX = 8_388_608

/** Stands where a text ends for want of room. */
export const CUT = '(cut: the scenario makes more than 8 MiB of text in this session)'

/** The room that is left for the texts that a scenario makes in a session. */
export class TextRoom {
  #left: number

  /** `left` in UTF-16 units. */
  constructor(left = MADE_TEXT_MAX) {
    this.#left = left
  }

  /** Whether something did not fit: then nothing fits any more. */
  get isFull(): boolean {
    return this.#left < 0
  }

  /** Takes the room of a text; false when there is not as much. */
  take(length: number): boolean {
    this.#left = this.isFull || this.#left < length ? -1 : this.#left - length
    return !this.isFull
  }
}

/**
 * The text with every `{{name}}` replaced; a name that is none stays as it is. Where a value does not fit into the room, the
 * text ends with {@link CUT} in its place.
 */
export function fillTemplate(text: string, values: TemplateValues, room = new TextRoom()): string {
  let filled = ''
  let from = 0
  for (const { 0: whole, 1: name = '', index } of text.matchAll(PLACEHOLDER)) {
    if (!isName(name)) continue
    filled += text.slice(from, index)
    // None is looked up when there is no room: to make one may take long.
    const value = room.isFull ? '' : values[name]()
    // An empty one takes its time, too.
    if (!room.take(value.length + 1)) return filled + CUT
    filled += value
    from = index + whole.length
  }
  return filled + text.slice(from)
}

/** JSON data with the templates in all its texts filled; {@link CUT} in the place of what comes when there is no room. */
export function fillJson(value: unknown, values: TemplateValues, room = new TextRoom()): unknown {
  if (typeof value === 'string') return fillTemplate(value, values, room)
  if (value === null || typeof value !== 'object') return value
  if (!room.take(1)) return CUT
  if (Array.isArray(value)) return value.map((item) => fillJson(item, values, room))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillJson(item, values, room)]))
}

/** The names that a text uses as templates, and whether there are such. */
export function templateNames(text: string): { name: string; known: boolean }[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => ({ name, known: isName(name) }))
}

function isName(name: string): name is keyof TemplateValues {
  return Object.hasOwn(NAMES, name)
}
