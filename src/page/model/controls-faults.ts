import type { FaultSpec, FaultView } from '../../schemas/control/fault.ts'

/** The names of the presets. */
export const PRESETS = [
  'rate-limit',
  'flaky',
  'outage',
  'slow',
  'expired-key',
  'out-of-quota',
  'broken-connection',
] as const

/** The name of a preset. */
export type Preset = (typeof PRESETS)[number]

/** The fields of the form, as they were typed. */
export interface FaultForm {
  readonly method: string
  readonly path: string
  readonly status: string
  /** JSON, or any text with a content type that is not JSON. */
  readonly body: string
  /** A header per line. */
  readonly headers: string
  readonly delay_ms: string
  readonly abort: string
  readonly include_retries: boolean
  readonly bytes_per_second: string
  readonly malformed_json: boolean
  readonly times: string
  readonly probability: string
  readonly after: string
}

/** A form with nothing in it. */
export const EMPTY_FORM: FaultForm = {
  method: '',
  path: '',
  status: '',
  body: '',
  headers: '',
  delay_ms: '',
  abort: '',
  include_retries: false,
  bytes_per_second: '',
  malformed_json: false,
  times: '',
  probability: '',
  after: '',
}

/** A field that cannot be sent. `given` is what was typed. */
export class FormError extends Error {
  readonly field: keyof FaultForm
  readonly given: string

  constructor(field: keyof FaultForm, given: string) {
    super(`${field}: ${given}`)
    this.field = field
    this.given = given
  }
}

const NUMBERS = ['status', 'delay_ms', 'bytes_per_second', 'times', 'probability', 'after'] as const

/** Returns the fault that a form describes. The server checks what the members mean. Throws FormError. */
export function faultOf(form: FaultForm, preset?: Preset, orgId?: string): FaultSpec {
  const headers = headersOf(form.headers)
  const numbers = NUMBERS.filter((name) => form[name].trim() !== '')
  return {
    ...(preset !== undefined && { preset }),
    ...(orgId !== undefined && { org_id: orgId }),
    ...(form.method !== '' && { method: form.method as 'GET' }),
    ...(form.path.trim() !== '' && { path: form.path.trim() }),
    ...Object.fromEntries(numbers.map((name) => [name, numberOf(form, name)])),
    ...(headers !== undefined && { headers }),
    ...(form.body !== '' && { body: bodyOf(form.body, headers ?? {}) }),
    ...(form.abort !== '' && { abort: form.abort as 'before' }),
    ...(form.include_retries && { include_retries: true }),
    ...(form.malformed_json && { malformed_json: true }),
  }
}

/** Returns the members with which a fault was added, so that it can be added again. */
export function specOf({
  id: _,
  matched: _m,
  struck: _s,
  left: _l,
  org_id,
  ...members
}: FaultView): FaultSpec {
  return { ...members, ...(org_id !== null && { org_id }) }
}

/** Returns the paths of the operations that rows of the fidelity ledger are about, sorted. */
export function pathsOf(rows: readonly { readonly operation?: string }[]): string[] {
  const paths = rows.flatMap(({ operation }) => operation?.split(' ')[1] ?? [])
  return [...new Set(paths)].filter((path) => path.startsWith('/')).sort()
}

function numberOf(form: FaultForm, name: (typeof NUMBERS)[number]): number {
  const value = Number(form[name])
  if (!Number.isFinite(value)) throw new FormError(name, form[name])
  return value
}

function headersOf(text: string): Record<string, string> | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0) return undefined
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line) ?? []
      if (name === undefined || value === undefined) throw new FormError('headers', line)
      return [name, value]
    }),
  )
}

function bodyOf(text: string, headers: Readonly<Record<string, string>>): unknown {
  const [, type = 'json'] = Object.entries(headers).find(([name]) => /^content-type$/i.test(name)) ?? []
  if (!/\bjson\b/i.test(type)) return text
  try {
    return JSON.parse(text)
  } catch {
    throw new FormError('body', text)
  }
}
