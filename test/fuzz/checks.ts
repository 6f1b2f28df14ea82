import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { OpenApi } from './requests.ts'
import type { Target } from './target.ts'
import { converse, parseAnswers, quote, type WireAnswer } from './wire.ts'

/** Says what of an answer to an operation is not as the document says; undefined when all is. */
export type Contract = (method: string, template: string, answer: WireAnswer) => string | undefined

/** A validator that has nothing in common with the server's own: Ajv, over the document that the server serves. */
export function contractOf(document: OpenApi): Contract {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat('binary', true)
  ajv.addSchema(document, 'openapi')
  return (method, template, { status, headers, body }) => {
    const operation = document.paths[template]?.[method.toLowerCase()] as
      | { responses: Record<string, { content?: Record<string, unknown> }> }
      | undefined
    if (operation === undefined) return undefined
    const response = operation.responses[status]
    if (response === undefined) return status < 300 ? `${status} is not in the document` : undefined
    const [type] = Object.keys(response.content ?? {})
    if (type === undefined) return body.length === 0 ? undefined : `${status} with a body`
    if (headers.get('content-type') !== type) return `content-type ${headers.get('content-type')}`
    const place = [template, method.toLowerCase(), 'responses', status, 'content', type, 'schema']
    const pointer = place.map(
      (part) => `/${encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))}`,
    )
    const validate = ajv.getSchema(`openapi#/paths${pointer.join('')}`)
    if (validate === undefined) return `no schema for ${status}`
    return validate(JSON.parse(body.toString())) === true ? undefined : ajv.errorsText(validate.errors)
  }
}

/** Statuses that are answers; every other one is a mistake of the server's. */
const EXPECTED = [200, 201, 204, 307, 400, 401, 402, 403, 404, 405, 409, 413, 415, 422, 429, 431]

/**
 * FastAPI crashes where an error quotes what JSON cannot hold. Whether there was anything of that kind in a request: numbers
 * that are none, surrogates, bytes that are no UTF-8, and what is nested deeply.
 */
export function couldCrashFastApi(request: Buffer): boolean {
  const sent = request.toString('latin1')
  return /NaN|Infinity|e\+?\d{3}|\\u[dD][89a-fA-F]|[\x80-\xff]|[[{"a:]{1000}/i.test(sent)
}

/** What every answer must be like, whatever was sent. Throws an Error that says what is not. */
export function checkAnswer(answer: WireAnswer, request: Buffer): void {
  const { status, headers, body } = answer
  const problem = (what: string) => new Error(`${what}: ${status} ${quote(body, 500)}`)
  if (status === 500) {
    if (!couldCrashFastApi(request)) throw problem('FastAPI would not have crashed')
    if (body.toString() !== 'Internal Server Error') throw problem('not what FastAPI answers')
  } else if (!EXPECTED.includes(status)) throw problem('an unexpected status')
  if (headers.get('content-type') === 'application/json' && body.length > 0) {
    if (!body.toString().isWellFormed()) throw problem('no UTF-8')
    JSON.parse(body.toString())
  }
  if (body.includes('node_modules') || body.includes('.ts:')) throw problem('it tells of the inside')
}

const WITNESS = `apk_user_${Buffer.from(`email|9_org-${'9'.repeat(32)}:${'0'.repeat(32)}`).toString('base64')}`

/** Sends a good request and resolves with its answer. */
export async function ask(target: Target, method: string, path: string, body?: unknown, key = WITNESS) {
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

/** Whether the server still does what it is there for, for somebody whom nothing of what went before concerns. */
export async function checkHealth(target: Target): Promise<void> {
  const demand = (isSo: boolean, what: string) => {
    if (!isSo) throw new Error(`afterwards ${what}`)
  }
  demand(target.isAlive, 'the process is gone')
  const output = target.takeOutput()
  demand(output === '', `the server has logged ${output}`)
  const secret = { type: 'totp', key: 'WITNESS', value: 'v', sensitive: true, note: '' }
  const created = await ask(target, 'POST', '/v1/secrets', secret)
  demand(created.status === 200, `a good request is answered ${created.status}`)
  const { body: list } = await ask(target, 'GET', '/v1/secrets')
  demand(list.length === 1 && list[0].key === 'WITNESS', `an organization sees ${JSON.stringify(list)}`)
  const { id } = created.body as { id: string }
  const first = await ask(target, 'DELETE', `/v1/secrets/${id}`)
  demand(
    first.status === 200 && first.body.message === 'Secret deleted successfully',
    'a secret cannot be deleted',
  )
  demand((await ask(target, 'DELETE', `/v1/secrets/${id}`)).status === 404, 'a secret is deleted twice')
}
