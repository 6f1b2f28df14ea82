import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Static, TSchema } from '@sinclair/typebox'
import type { Scalar } from 'yaml'
import { propertyNamesAt, type SchemaNode, suggestion } from '../base/suggestions.ts'
import { decodeJson, JsonDecodeError } from '../fastapi/json/decode.ts'
import { decodeText } from '../fastapi/json/text.ts'
import { compileValidator, ValidationContext } from '../fastapi/validation/compile.ts'
import { StartError } from './start-error.ts'

/** A problem in a file: the path of the field and a description. Never contains the value. */
export interface Flaw {
  readonly at: readonly (string | number)[]
  readonly flaw: string
}

/**
 * Returns a StartError with a line for each flaw, such as `seed.yaml: organizations.0.secrets.1.key: Field required`. A flaw of the whole file
 * is a text.
 */
export function invalidFile(path: string, flaws: string | readonly Flaw[]): StartError {
  if (typeof flaws === 'string') return new StartError(`${path}: ${flaws}`)
  const lines = flaws.map(({ at, flaw }) => [path, ...(at.length > 0 ? [at.join('.')] : []), flaw].join(': '))
  return new StartError(lines.join('\n'))
}

/** Reads a file. Throws a StartError if it cannot be read. */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw invalidFile(path, READ_FLAWS[String(code)] ?? `cannot be read (${code})`)
  }
}

const READ_FLAWS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder, not a file',
  EACCES: 'may not be read by this user',
}

/** Parses a file as JSON if its name ends in `.json`, else as YAML. Throws a StartError if it is invalid. */
export async function parseData(path: string, bytes: Buffer): Promise<unknown> {
  const isJson = extname(path).toLowerCase() === '.json'
  // JSON files can be UTF-16 or UTF-32, like request bodies.
  const text = isJson ? undefined : readText(path, bytes)
  const isEmpty = text === undefined ? bytes.length === 0 : /^\s*$/.test(text)
  if (isEmpty) throw invalidFile(path, 'is empty')
  return text === undefined ? parseJson(path, bytes) : parseYaml(path, text)
}

/** Decodes a UTF-8 file and removes its byte order mark. Throws a StartError for any other encoding. */
export function readText(path: string, bytes: Buffer): string {
  const flaw = encodingFlaw(bytes)
  if (flaw !== undefined) throw invalidFile(path, flaw)
  return bytes.toString('utf8').replace(/^\ufeff/, '')
}

function encodingFlaw(bytes: Buffer): string | undefined {
  const [first, second] = bytes
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  // In UTF-16 without a byte order mark, every second byte of ASCII text is 0.
  if (isMarked || (first === 0) !== (second === 0)) return 'is UTF-16: save it as UTF-8'
  if (bytes.includes(0)) return 'is not a text file'
  return isUtf8(bytes) ? undefined : 'is not UTF-8: save it as UTF-8'
}

function parseJson(path: string, bytes: Buffer): unknown {
  try {
    return decodeJson(bytes)
  } catch (error) {
    if (!(error instanceof JsonDecodeError))
      throw notData(path, 'JSON', 'unknown encoding, or nested too deeply')
    const before = [...decodeText(bytes)].slice(0, error.position).join('').split('\n')
    const column = [...(before.at(-1) as string)].length + 1
    throw notData(path, 'JSON', `${error.message}, line ${before.length} column ${column}`)
  }
}

async function parseYaml(path: string, text: string): Promise<unknown> {
  const { LineCounter, parseDocument, visit } = await import('yaml')
  const lineCounter = new LineCounter()
  // A second document, and types that JSON lacks (sets, dates), are errors. Otherwise they would be lost silently.
  const options = { logLevel: 'error', resolveKnownTags: false, lineCounter } as const
  const document = parseDocument(text, options)
  for (const { code, linePos } of [...document.errors, ...document.warnings]) {
    // The parser's message is omitted, because it quotes the file.
    throw notData(
      path,
      'YAML',
      `${YAML_FLAWS[code] ?? code}, line ${linePos?.[0].line} column ${linePos?.[0].col}`,
    )
  }
  if (document.contents === null) throw invalidFile(path, 'contains only comments')
  visit(document, {
    Pair(_, { key }) {
      const { value, type, range } = Object(key) as Partial<Scalar>
      if (value !== '<<' || type !== 'PLAIN') return
      const { line, col } = lineCounter.linePos(range?.[0] as number)
      throw notData(path, 'YAML', `merge keys (<<) are not supported, line ${line} column ${col}`)
    },
  })
  try {
    return document.toJS()
  } catch {
    throw notData(path, 'YAML', 'an alias that is unknown, or too many of them')
  }
}

/** The descriptions of the parser's error codes. */
const YAML_FLAWS: Readonly<Record<string, string>> = {
  BAD_INDENT: 'wrong indentation, or a bracket that is not closed',
  BAD_SCALAR_START: 'a value that begins with @ or ` has to be quoted',
  BLOCK_AS_IMPLICIT_KEY: 'wrong indentation, or a value with ": " in it that is not quoted',
  DUPLICATE_KEY: 'the same key twice',
  MISSING_CHAR: 'a missing character, such as a closing quote, a comma or a colon',
  MULTIPLE_DOCS: 'a second document',
  TAB_AS_INDENT: 'a tab as indentation, where only spaces are allowed',
  TAG_RESOLVE_FAILED: 'an unknown tag',
  UNEXPECTED_TOKEN: 'something that is not allowed here',
}

function notData(path: string, language: string, reason: string): StartError {
  return invalidFile(path, `not valid ${language} (${reason})`)
}

/** Checks the part of a file at the path `at`. Returns undefined and adds to `flaws` if it is invalid. */
export type Check<Value> = (input: unknown, at: Flaw['at'], flaws: Flaw[]) => Value | undefined

/** Returns a check against a schema, with pydantic's rules and messages. The message for an unknown name suggests the closest known one. */
export function checkOf<Schema extends TSchema>(schema: Schema): Check<Static<Schema>> {
  const validate = compileValidator(schema)
  return (input, at, flaws) => {
    const context = new ValidationContext()
    const value = validate(input, context)
    for (const { type, loc, msg } of context.issues) {
      const known = type === 'extra_forbidden' ? propertyNamesAt(schema as SchemaNode, loc.slice(0, -1)) : []
      flaws.push({ at: [...at, ...loc], flaw: msg + suggestion(String(loc.at(-1)), known) })
    }
    return context.issues.length === 0 ? (value as Static<Schema>) : undefined
  }
}
