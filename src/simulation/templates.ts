/** The values available to templates as `{{name}}`. Each is computed only when a template uses it. */
export interface TemplateValues {
  readonly prompt: () => string
  /** The first line of the prompt, truncated to 80 characters. */
  readonly request: () => string
  readonly title: () => string
  readonly tags: () => string
  readonly session_id: () => string
  /** The URLs of the attachments in the prompt and the messages, joined with commas. */
  readonly attachments: () => string
  /** The latest user message, or the prompt if there is none. */
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

/** The maximum length of text that a scenario generates in one session, in UTF-16 units: its messages and template values. */
export const GENERATED_TEXT_MAX = 8_388_608

/** The marker at the end of a text that exceeded the limit. */
export const TRUNCATED = '(cut: the scenario makes more than 8 MiB of text in this session)'

/** The remaining length of text that a scenario may generate in a session. */
export class TextBudget {
  #left: number

  /** `left` is in UTF-16 units. */
  constructor(left = GENERATED_TEXT_MAX) {
    this.#left = left
  }

  /** Whether a text has exceeded the budget. No further text fits then. */
  get isExhausted(): boolean {
    return this.#left < 0
  }

  /** Consumes `length` units. Returns false if fewer are left. */
  take(length: number): boolean {
    this.#left -= length
    return !this.isExhausted
  }
}

/**
 * Returns the text with every `{{name}}` replaced. Unknown names stay unchanged. If a value exceeds the budget, the text ends
 * with {@link TRUNCATED} in its place.
 */
export function fillTemplate(text: string, values: TemplateValues, budget = new TextBudget()): string {
  let filled = ''
  let from = 0
  for (const { 0: whole, 1: name = '', index } of text.matchAll(PLACEHOLDER)) {
    if (!isName(name)) continue
    filled += text.slice(from, index)
    // Computing a value can be slow, so it is skipped once the budget is exhausted.
    const value = budget.isExhausted ? '' : values[name]()
    // An empty value also costs time, so each value costs at least one unit.
    if (!budget.take(value.length + 1)) return filled + TRUNCATED
    filled += value
    from = index + whole.length
  }
  return filled + text.slice(from)
}

/** Returns JSON data with the templates in all its strings filled. {@link TRUNCATED} replaces values beyond the budget. */
export function fillJson(value: unknown, values: TemplateValues, budget = new TextBudget()): unknown {
  if (typeof value === 'string') return fillTemplate(value, values, budget)
  if (value === null || typeof value !== 'object') return value
  if (!budget.take(1)) return TRUNCATED
  if (Array.isArray(value)) return value.map((item) => fillJson(item, values, budget))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillJson(item, values, budget)]))
}

/** Returns the template names in a text, and whether each is known. */
export function templateNames(text: string): { name: string; known: boolean }[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => ({ name, known: isName(name) }))
}

function isName(name: string): name is keyof TemplateValues {
  return Object.hasOwn(NAMES, name)
}

/** Returns the sample that a `{"$sample": …}` refers to, or undefined for any other value. */
export function sampleOf(value: unknown): 'full' | 'partial' | 'unknown' | undefined {
  if (value === null || typeof value !== 'object' || !('$sample' in value)) return undefined
  return value.$sample === 'full' || value.$sample === 'partial' ? value.$sample : 'unknown'
}
