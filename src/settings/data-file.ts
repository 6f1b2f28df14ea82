import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Static, TSchema } from '@sinclair/typebox'
import type { Scalar } from 'yaml'
import { decodeJson, JsonDecodeError } from '../fastapi/json/decode.ts'
import { decodeText } from '../fastapi/json/text.ts'
import { compileValidator, ValidationContext } from '../fastapi/validation/compile.ts'
import { StartError } from './start-error.ts'

/** One thing that is wrong with a file: the field's path in it, and what is wrong. Never quotes the value. */
export interface Fault {
  readonly at: readonly (string | number)[]
  readonly fault: string
}

/** A StartError with a line for each fault: `seed.yaml: organizations.0.secrets.1.key: Field required`. */
export function invalidFile(path: string, faults: readonly Fault[]): StartError {
  return new StartError(
    faults
      .map(({ at, fault }) => [path, ...(at.length > 0 ? [at.join('.')] : []), fault].join(': '))
      .join('\n'),
  )
}

/** The file's bytes. Throws a StartError when it cannot be read. */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw invalidFile(path, [{ at: [], fault: READ_FAULTS[String(code)] ?? `cannot be read (${code})` }])
  }
}

const READ_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder, not a file',
  EACCES: 'may not be read by this user',
}

/** The data of a file: JSON when its name ends in `.json`, else YAML. Throws a StartError when it is neither. */
export async function parseData(path: string, bytes: Buffer): Promise<unknown> {
  const isJson = extname(path).toLowerCase() === '.json'
  // A JSON text may be UTF-16 or UTF-32, as a body may.
  const text = isJson ? undefined : readText(path, bytes)
  const isEmpty = text === undefined ? bytes.length === 0 : /^\s*$/.test(text)
  if (isEmpty) throw invalidFile(path, [{ at: [], fault: 'is empty' }])
  return text === undefined ? parseJson(path, bytes) : parseYaml(path, text)
}

/** The text of a file in UTF-8, without its byte order mark. Throws a StartError that names another encoding. */
export function readText(path: string, bytes: Buffer): string {
  const fault = encodingFault(bytes)
  if (fault !== undefined) throw invalidFile(path, [{ at: [], fault }])
  return bytes.toString('utf8').replace(/^\ufeff/, '')
}

function encodingFault(bytes: Buffer): string | undefined {
  const [first, second] = bytes
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  // Without a mark, every second byte of ASCII characters is 0.
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
  // Of a second document, and of data that JSON does not have (sets, dates), nothing would be left without a word.
  const options = { logLevel: 'error', resolveKnownTags: false, lineCounter } as const
  const document = parseDocument(text, options)
  for (const { code, linePos } of [...document.errors, ...document.warnings]) {
    // The message is left out, because it quotes the file.
    throw notData(
      path,
      'YAML',
      `${YAML_FAULTS[code] ?? code}, line ${linePos?.[0].line} column ${linePos?.[0].col}`,
    )
  }
  if (document.contents === null) throw invalidFile(path, [{ at: [], fault: 'has comments alone' }])
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

/** What the parser's codes mean. */
const YAML_FAULTS: Readonly<Record<string, string>> = {
  BAD_INDENT: 'wrong indentation, or a bracket that is not closed',
  BAD_SCALAR_START: 'a value that begins with @ or ` has to be quoted',
  BLOCK_AS_IMPLICIT_KEY: 'wrong indentation, or a value with ": " in it that is not quoted',
  DUPLICATE_KEY: 'the same key twice',
  MISSING_CHAR: 'a missing character, such as a closing quote, a comma or a colon',
  MULTIPLE_DOCS: 'a second document',
  TAB_AS_INDENT: 'a tab as indentation, where only blanks are allowed',
  TAG_RESOLVE_FAILED: 'an unknown tag',
  UNEXPECTED_TOKEN: 'something that is not allowed here',
}

function notData(path: string, language: string, reason: string): StartError {
  return invalidFile(path, [{ at: [], fault: `not valid ${language} (${reason})` }])
}

/** Checks a part of a file, at the path `at`; adds to `faults` and returns undefined when something is wrong with it. */
export type Check<Value> = (input: unknown, at: Fault['at'], faults: Fault[]) => Value | undefined

/** A check that a schema makes, with pydantic's rules and texts. */
export function checkOf<Schema extends TSchema>(schema: Schema): Check<Static<Schema>> {
  const validate = compileValidator(schema)
  return (input, at, faults) => {
    const context = new ValidationContext()
    const value = validate(input, context)
    for (const { loc, msg } of context.issues) faults.push({ at: [...at, ...loc], fault: msg })
    return context.issues.length === 0 ? (value as Static<Schema>) : undefined
  }
}
