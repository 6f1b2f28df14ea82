import { STATUS_CODES } from 'node:http'
import type { Contract } from './checks.ts'
import { isPlainSegment } from './known-values.ts'
import type { FuzzRequest } from './requests.ts'
import type { WireAnswer } from './wire.ts'

/** Returns how an answer of v3 violates the document or is not a problem, or undefined if it does neither. */
export function v3Flaw(contract: Contract, request: FuzzRequest, answer: WireAnswer): string | undefined {
  if (answer.status >= 400) return isOfV3(request) ? problemFlaw(request, answer) : undefined
  return isPlainPath(request) ? contract(request.method, request.template, answer) : undefined
}

/** Returns whether the path of a request begins with a prefix of v3, so that its errors are problems. */
function isOfV3({ segments: [first = '', ...others] }: FuzzRequest): boolean {
  return others.length > 0 && /^v3(?:beta1)?$/.test(first)
}

const MEMBERS = ['type', 'title', 'status', 'detail', 'instance']

/** Returns how the answer to an error is not a problem (RFC 9457), or undefined if it is one. */
function problemFlaw(request: FuzzRequest, { status, headers, body }: WireAnswer): string | undefined {
  // uvicorn's answer to what is not HTTP, and FastAPI's to input that no JSON can quote.
  const isPlain = headers.get('content-type') === 'text/plain; charset=utf-8'
  if (isPlain && ['Invalid HTTP request received.', 'Internal Server Error'].includes(String(body))) {
    return undefined
  }
  if (headers.get('content-type') !== 'application/problem+json') {
    return `the content type ${headers.get('content-type')}`
  }
  if (request.method === 'HEAD') return undefined
  const problem: Record<string, unknown> = JSON.parse(String(body))
  const { type, title, detail, instance, errors } = problem
  const hasErrors = status === 422 && !isUndescribed(request)
  const members = [...MEMBERS, ...(hasErrors || errors !== undefined ? ['errors'] : [])]
  if (Object.keys(problem).join() !== members.join()) return `the members ${Object.keys(problem)}`
  if (type !== 'about:blank' || title !== STATUS_CODES[status] || problem.status !== status) {
    return `the problem ${type} ${title} ${problem.status}`
  }
  if (typeof detail !== 'string' || typeof instance !== 'string' || !instance.startsWith('/')) {
    return `the detail ${detail} and instance ${instance}`
  }
  if (errors === undefined) return undefined
  return status === 422 && Array.isArray(errors) && errors.length > 0
    ? errors.map(itemFlaw).find((flaw) => flaw !== undefined)
    : `errors in a ${status}`
}

/** The handlers of code scans check bodies of which the document says nothing, and answer 422 without `errors`. */
function isUndescribed({ template }: FuzzRequest): boolean {
  return template.includes('/code-scans')
}

/** Returns how a part of `errors` differs from an error of pydantic, or undefined. */
function itemFlaw(item: Record<string, unknown>): string | undefined {
  const { type, loc, msg, ...others } = item
  const isPlace = (part: unknown) => typeof part === 'string' || Number.isInteger(part)
  const isRight =
    typeof type === 'string' &&
    typeof msg === 'string' &&
    Array.isArray(loc) &&
    ['body', 'query', 'path', 'header'].includes(loc[0]) &&
    loc.every(isPlace) &&
    'input' in others &&
    Object.keys(others).every((name) => ['input', 'ctx'].includes(name))
  return isRight ? undefined : `the error ${JSON.stringify(item).slice(0, 500)}`
}

/** Returns whether a request is certain to reach the operation that it was generated for, if its method is that operation's. */
export function isPlainPath({ template, segments }: FuzzRequest): boolean {
  const parts = template.slice(1).split('/')
  return (
    parts.length === segments.length &&
    segments.every((one, at) => (parts[at]?.startsWith('{') ? isPlainSegment(one) : parts[at] === one))
  )
}
