import { validateHeaderName, validateHeaderValue } from 'node:http'
import { isJson } from '../fastapi/body.ts'
import { type ValidationIssue, valueError } from '../fastapi/errors.ts'
import { encodeJson } from '../fastapi/json/encode.ts'
import { faultPatternFlaw } from '../journal/path-pattern.ts'
import type { FaultSpec } from '../schemas/control/fault.ts'
import { cannedResponse, contentTypeOf, EMPTY_STATUSES } from './answer.ts'
import type { CheckedFault } from './fault.ts'
import { presets } from './presets.ts'

/** Checks rules across members, which the schema cannot express. Returns the issues of an invalid fault. */
export function checkFault(input: FaultSpec): CheckedFault | { readonly issues: readonly ValidationIssue[] } {
  const { preset } = input
  const spec = preset === undefined ? input : { preset, ...presets[preset], ...input }
  const issues = [
    ...pathIssues(spec),
    ...headerIssues(spec),
    ...bodyIssues(spec),
    ...actionIssues(spec),
    ...abortIssues(spec),
  ]
  if (issues.length === 0) issues.push(...emptinessIssues(spec))
  return issues.length === 0 ? { spec, answer: cannedResponse(spec) } : { issues }
}

/** The members that have an effect. A fault needs at least one. */
const ACTIONS = ['status', 'body', 'delay_ms', 'abort', 'bytes_per_second', 'malformed_json'] as const

function actionIssues(spec: FaultSpec): ValidationIssue[] {
  const { headers, status, body } = spec
  if (headers !== undefined && !isUnanswered(spec) && status === undefined && body === undefined) {
    return [issue(['headers'], 'headers need a status or a body', null)]
  }
  if (ACTIONS.some((name) => isGiven(spec, name))) return []
  return [issue([], `a fault needs an effect: give a preset or one of ${ACTIONS.join(', ')}`, null)]
}

function abortIssues(spec: FaultSpec): ValidationIssue[] {
  const { abort } = spec
  if (spec.include_retries === true && !isUnanswered(spec)) {
    return [
      issue(['include_retries'], 'clients retry automatically only if abort is "before" or "after"', true),
    ]
  }
  if (isUnanswered(spec)) {
    const others = (['status', 'headers', 'body', 'bytes_per_second', 'malformed_json'] as const).filter(
      (name) => isGiven(spec, name),
    )
    if (others.length === 0) return []
    return [issue(['abort'], `no answer is sent, so it cannot be combined with ${others.join(', ')}`, abort)]
  }
  if (abort === 'mid-body' && spec.malformed_json === true) {
    return [issue(['malformed_json'], 'abort "mid-body" already truncates the body', true)]
  }
  return []
}

/** Returns whether the connection is closed without an answer. */
function isUnanswered({ abort }: FaultSpec): boolean {
  return abort === 'before' || abort === 'after'
}

/** Reports members that need a response body if there is none. The rest of the fault must be valid. */
function emptinessIssues(spec: FaultSpec): ValidationIssue[] {
  const { status } = spec
  if (status !== undefined && EMPTY_STATUSES.includes(status) && spec.body !== undefined) {
    return [issue(['body'], `an answer with status ${status} has no body`, null)]
  }
  if (cannedResponse(spec)?.text !== '') return []
  const others = (['abort', 'bytes_per_second', 'malformed_json'] as const).filter((name) =>
    isGiven(spec, name),
  )
  return others.map((name) => issue([name], 'the answer has no body', spec[name]))
}

/** The maximum length of a body in characters of JSON. A thousand faults are kept in memory. */
const BODY_MAX = 1_048_576

function bodyIssues({ body, headers = {}, malformed_json }: FaultSpec): ValidationIssue[] {
  const type = contentTypeOf(headers)
  const issues: ValidationIssue[] = []
  if (!isJson(type)) {
    if (body !== undefined && typeof body !== 'string') {
      issues.push(issue(['body'], 'must be a string unless the content type is JSON', null))
    }
    if (malformed_json === true) issues.push(issue(['malformed_json'], 'the answer is not JSON', true))
  }
  try {
    // Nested as in the list of faults, since its nesting counts towards the limit of a response.
    const { length } = encodeJson({ faults: [{ body }] })
    if (length > BODY_MAX)
      issues.push(issue(['body'], `must have at most ${BODY_MAX} characters as JSON`, null))
  } catch {
    issues.push(issue(['body'], 'cannot be written as JSON', null))
  }
  return issues
}

/** Headers that frame the body. Only the server sets them. */
const FRAMING = ['content-length', 'transfer-encoding', 'trailer', 'upgrade']

/** The maximum number of headers: more than any response has, and fewer than clients reject. */
const HEADERS_MAX = 100

function headerIssues({ headers = {} }: FaultSpec): ValidationIssue[] {
  const entries = Object.entries(headers)
  if (entries.length > HEADERS_MAX) {
    return [issue(['headers'], `an answer has at most ${HEADERS_MAX} headers`, entries.length)]
  }
  const names = entries.map(([name]) => name.toLowerCase())
  return entries.flatMap(([name, value], index) => {
    const isTwice = names.indexOf(name.toLowerCase()) < index
    const flaw = isTwice ? 'duplicate header' : headerFlaw(name, value)
    return flaw === undefined ? [] : [issue(['headers', name.toWellFormed()], flaw, value.toWellFormed())]
  })
}

function headerFlaw(name: string, value: string): string | undefined {
  if (FRAMING.includes(name.toLowerCase())) return 'the server sets this header'
  try {
    // Setting this member of a plain object sets its prototype, so the header would not be sent.
    if (name === '__proto__') throw new TypeError()
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return undefined
  } catch {
    return 'not a header that can be sent'
  }
}

function pathIssues({ path }: FaultSpec): ValidationIssue[] {
  const flaw = path === undefined ? undefined : faultPatternFlaw(path)
  return flaw === undefined ? [] : [issue(['path'], flaw, path)]
}

/** Returns whether a member is present and has an effect, unlike a `delay_ms` of 0 or a false `malformed_json`. */
function isGiven(spec: FaultSpec, name: keyof FaultSpec): boolean {
  if (name === 'delay_ms') return (spec.delay_ms ?? 0) > 0
  if (name === 'malformed_json') return spec.malformed_json === true
  return spec[name] !== undefined
}

function issue(loc: ValidationIssue['loc'], reason: string, input: unknown): ValidationIssue {
  return valueError(['body', ...loc], reason, input)
}
