import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { QUESTIONS } from '../../src/answers/questions.ts'
import type { OpenApi } from './requests.ts'
import type { Target } from './target.ts'
import { converse, parseAnswers, quote, type WireAnswer } from './wire.ts'

/** Returns how an answer to an operation violates the document, or undefined if it does not. */
export type Contract = (method: string, template: string, answer: WireAnswer) => string | undefined

/** Returns a validator that shares no code with the server's own: Ajv with the document that the server serves. */
export function contractOf(document: OpenApi): Contract {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat('binary', true)
  ajv.addSchema(document, 'openapi')
  return (method, template, { status, headers, body }) => {
    const operation = document.paths[template]?.[method.toLowerCase()] as
      | {
          responses: Record<string, { content?: Record<string, unknown>; headers?: Record<string, unknown> }>
        }
      | undefined
    if (operation === undefined) return undefined
    const response = operation.responses[status]
    if (response === undefined) return status < 300 ? `${status} is not in the document` : undefined
    const flawOf = (value: unknown, ...place: string[]) => {
      const pointer = [template, method.toLowerCase(), 'responses', String(status), ...place, 'schema'].map(
        (part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`,
      )
      const validate = ajv.getSchema(`openapi#/paths${pointer.join('')}`)
      if (validate === undefined) return `no schema for ${status}`
      return validate(value) === true ? undefined : `${place[1]}: ${ajv.errorsText(validate.errors)}`
    }
    for (const name of Object.keys(response.headers ?? {})) {
      const flaw = flawOf(headers.get(name.toLowerCase()), 'headers', name)
      if (flaw !== undefined) return flaw
    }
    const [type] = Object.keys(response.content ?? {})
    if (type === undefined) {
      // FastAPI's answer of a function that returns nothing.
      const isNothing = body.length === 0 || (status === 200 && body.toString() === 'null')
      return isNothing ? undefined : `${status} with a body`
    }
    if (headers.get('content-type') !== type) return `content-type ${headers.get('content-type')}`
    return flawOf(JSON.parse(body.toString()), 'content', type)
  }
}

/** The valid statuses of answers. Any other status is a bug in the server, except a 500 where FastAPI crashes too. */
const EXPECTED = [200, 201, 204, 307, 400, 401, 402, 403, 404, 405, 409, 413, 415, 422, 429, 431]

/**
 * Returns whether a request contains anything that crashes FastAPI when an error quotes it, because JSON cannot represent it:
 * numbers that are not finite, surrogates, invalid UTF-8 or deep nesting.
 */
export function couldCrashFastApi(request: Buffer): boolean {
  // Ids may look like numbers that are not finite.
  const sent = request.toString('latin1').replaceAll(/[0-9a-f]{32}|cog_[a-z2-7]{52}/g, '')
  return /NaN|Infinity|e\+?\d{3}|\\u[dD][89a-fA-F]|[\x80-\xff]|[[{"a:]{1000}/i.test(sent)
}

/** Returns whether a client asks for a file only if it has changed. */
function isConditional(request: Buffer): boolean {
  return /\r\nif-none-match:/i.test(request.toString('latin1'))
}

/** Checks the requirements on every answer of an operation, regardless of its request. Throws an Error that names a violation. */
export function checkAnswer(answer: WireAnswer, request: Buffer): void {
  const { status, headers, body } = answer
  const problem = (what: string) => new Error(`${what}: ${status} ${quote(body, 500)}`)
  if (status === 500) {
    if (!couldCrashFastApi(request)) throw problem('FastAPI would not have crashed')
    if (body.toString() !== 'Internal Server Error') throw problem('not what FastAPI answers')
  } else if (!EXPECTED.includes(status) && !(status === 304 && isConditional(request))) {
    throw problem('an unexpected status')
  }
  const isJson = /^application\/(?:problem\+)?json$/.test(headers.get('content-type') ?? '')
  if (isJson && body.length > 0) {
    if (!body.toString().isWellFormed()) throw problem('no UTF-8')
    JSON.parse(body.toString())
  }
  if (body.includes('node_modules') || body.includes('.ts:')) throw problem('it tells of the inside')
}

const UNUSED_KEY = `apk_user_${Buffer.from(`email|9_org-${'9'.repeat(32)}:${'0'.repeat(32)}`).toString('base64')}`

/** Sends a valid request and resolves with its answer. */
export async function ask(target: Target, method: string, path: string, body?: unknown, key = UNUSED_KEY) {
  const sent = body === undefined ? '' : JSON.stringify(body)
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: Bearer ${key}`,
    'connection: close',
  ]
  if (body !== undefined)
    lines.push('content-type: application/json', `content-length: ${Buffer.byteLength(sent)}`)
  const bytes = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${sent}`)
  const [answer] = parseAnswers(await converse(target.port, { pieces: [bytes], ending: 'waits' }), [method])
  if (answer === undefined) throw new Error(`no answer to ${method} ${path}`)
  const text = answer.body.toString()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

/** Checks that the server still works for an organization that no earlier request used. Rejects with an Error if not. */
export async function checkHealth(target: Target): Promise<void> {
  const check = (isSo: boolean, what: string) => {
    if (!isSo) throw new Error(`afterwards ${what}`)
  }
  check(target.isAlive, 'the process is gone')
  const output = target.takeOutput()
  check(output === '', `the server has logged ${output}`)
  // An earlier request may have chosen others.
  const answers = Object.fromEntries(Object.entries(QUESTIONS).map(([name, [usual]]) => [name, usual]))
  check((await ask(target, 'PUT', '/_fake/answers', { answers })).status === 200, 'no answers can be chosen')
  const secret = { type: 'totp', key: 'WITNESS', value: 'v', sensitive: true, note: '' }
  const created = await ask(target, 'POST', '/v1/secrets', secret)
  check(created.status === 200, `a good request is answered ${created.status}`)
  const { body: list } = await ask(target, 'GET', '/v1/secrets')
  check(list.length === 1 && list[0].key === 'WITNESS', `an organization sees ${JSON.stringify(list)}`)
  const { id } = created.body as { id: string }
  const first = await ask(target, 'DELETE', `/v1/secrets/${id}`)
  check(
    first.status === 200 && first.body.message === 'Secret deleted successfully',
    'a secret cannot be deleted',
  )
  check((await ask(target, 'DELETE', `/v1/secrets/${id}`)).status === 404, 'a secret is deleted twice')
}
