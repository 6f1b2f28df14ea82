import type { RequestEntry } from '../../schemas/control/journal.ts'
import { withoutOrigin } from './requests-path.ts'
import { quoted } from './shell.ts'

/** The mark in place of what the journal does not show. */
const MASK = '***'

/** Headers that curl sets itself, or that were about the connection. */
const LEFT_OUT =
  /^(?:host|connection|keep-alive|content-length|transfer-encoding|accept-encoding|te|expect|upgrade|sec-.*)$/

/** The longest body that is an argument, in characters. The length of an argument is limited. */
const ARGUMENT_MAX = 100_000

/**
 * Returns a command for POSIX shells that sends a request of the journal again. Its key is that of the variable `DEVIN_API_KEY`. What the
 * journal does not have, files and long bodies, has to be put into a file that the command names.
 */
export function curlOf(entry: RequestEntry, origin: string): string {
  const { method, path, query } = entry
  const target = withoutOrigin(path)
  const isPath = target.startsWith('/')
  const url = `${origin}${isPath ? target : ''}${query.raw === '' ? '' : `?${query.raw}`}`
  const body = bodyOf(entry)
  const isPlain = method === 'GET' && body.options.length === 0
  const options = [
    ...(isPlain ? [] : [method === 'HEAD' ? '--head' : `-X ${quoted(method)}`]),
    ...(/[[\]{}]/.test(url) ? ['--globoff'] : []),
    ...(/\/\.\.?(?:\/|$)/.test(target) ? ['--path-as-is'] : []),
    ...(isPath ? [] : [`--request-target ${quoted(target)}`]),
  ]
  const headers = Object.entries(entry.headers)
    .filter(([name]) => !LEFT_OUT.test(name) && !(body.isForm && name === 'content-type'))
    .map(([name, value]) => `-H ${headerOf(name, value)}`)
  const noType = body.options.length > 0 && !body.isForm && entry.headers['content-type'] === undefined
  const command = ['curl', ...options, quoted(url)].join(' ')
  const lines = [command, ...headers, ...(noType ? ["-H 'content-type:'"] : []), ...body.options]
  return `${body.input}${lines.join(' \\\n  ')}`
}

function headerOf(name: string, value: string): string {
  if (name === 'authorization' && value.includes(MASK)) {
    const [scheme = ''] = /^[a-z]+ +/i.exec(value) ?? []
    return `"authorization: ${scheme}$DEVIN_API_KEY"`
  }
  // With a colon, curl would not send the header.
  return quoted(value.trim() === '' ? `${name};` : `${name}: ${value}`)
}

/** How a command gets the body. */
interface CurlBody {
  /** The command whose output is the body. */
  readonly input: string
  readonly options: readonly string[]
  /** Whether curl sets the content type. */
  readonly isForm: boolean
}

const FROM_FILE = { input: '', options: ['--data-binary @body'], isForm: false }

function bodyOf(entry: RequestEntry): CurlBody {
  const { body, body_bytes: size, headers } = entry
  if (!('body' in entry)) return size === 0 ? { input: '', options: [], isForm: false } : FROM_FILE
  if (isNotKept(body)) return FROM_FILE
  const type = headers['content-type'] ?? 'application/json'
  if (/^multipart\//i.test(type) && isObject(body)) {
    return { input: '', options: fieldsOf(body).map(formOption), isForm: true }
  }
  if (/^application\/x-www-form-urlencoded/i.test(type) && isObject(body)) {
    const pairs = fieldsOf(body).map(([name, value]): [string, string] => [name, String(value)])
    return dataOf(new URLSearchParams(pairs).toString())
  }
  const isJson = /^application\/(?:json|[^/;]*\+json)\s*(?:;|$)/i.test(type)
  return dataOf(typeof body === 'string' && !isJson ? body : JSON.stringify(body))
}

/** Returns whether a body is the text that the journal has in place of a long one. */
export function isNotKept(body: unknown): boolean {
  return typeof body === 'string' && body.startsWith('(not kept: ')
}

function dataOf(text: string): CurlBody {
  if (text.length <= ARGUMENT_MAX && !text.includes('\0')) {
    return { input: '', options: [`--data-raw ${quoted(text)}`], isForm: false }
  }
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\0', '\\0000')
  return { input: `printf '%b' ${quoted(escaped)} | `, options: ['--data-binary @-'], isForm: false }
}

function fieldsOf(form: object): (readonly [string, unknown])[] {
  return Object.entries(form).flatMap(([name, value]) =>
    [value].flat().map((one: unknown) => [name, one] as const),
  )
}

/** A file is one of this name in the working directory, whatever the client has called it. */
function formOption([name, value]: readonly [string, unknown]): string {
  if (!isObject(value)) return `--form-string ${quoted(`${name}=${value}`)}`
  const { filename } = value as { filename?: unknown }
  const given = String(filename).replaceAll(/["\\]/g, '\\$&')
  return `-F ${quoted(`${name}=@file;filename="${given}"`)}`
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
