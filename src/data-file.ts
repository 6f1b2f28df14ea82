import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Static, TSchema } from '@sinclair/typebox'
import { decodeJson, JsonDecodeError } from './fastapi/json/decode.ts'
import { decodeText } from './fastapi/json/text.ts'
import { compileValidator, ValidationContext } from './fastapi/validation/compile.ts'
import { StartError } from './start-error.ts'

/** One thing that is wrong with a file: the field's path in it, and what is wrong. Never quotes the value. */
export interface Fault {
  readonly at: readonly (string | number)[]
  readonly fault: string
}

/** A StartError with a line for each fault: `seed.yaml: organizations.0.secrets.1.key: Field required`. */
export function faultyFile(path: string, faults: readonly Fault[]): StartError {
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
    throw faultyFile(path, [{ at: [], fault: READ_FAULTS[String(code)] ?? `cannot be read (${code})` }])
  }
}

const READ_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder, not a file',
  EACCES: 'may not be read by this user',
}

/** The data of a file: JSON when its name ends in `.json`, else YAML. Throws a StartError when it is neither. */
export async function parseData(path: string, bytes: Buffer): Promise<unknown> {
  return extname(path).toLowerCase() === '.json' ? parseJson(path, bytes) : parseYaml(path, bytes)
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

async function parseYaml(path: string, bytes: Buffer): Promise<unknown> {
  const { parseDocument } = await import('yaml')
  // Of a second document, and of data that JSON does not have (sets, dates), nothing would be left without a word.
  const options = { logLevel: 'error', resolveKnownTags: false } as const
  const document = parseDocument(bytes.toString('utf8'), options)
  for (const { code, linePos } of [...document.errors, ...document.warnings]) {
    // The message is left out, because it quotes the file.
    throw notData(path, 'YAML', `${code}, line ${linePos?.[0].line} column ${linePos?.[0].col}`)
  }
  try {
    return document.toJS()
  } catch {
    throw notData(path, 'YAML', 'an alias that is unknown, or too many of them')
  }
}

function notData(path: string, language: string, reason: string): StartError {
  return faultyFile(path, [{ at: [], fault: `not valid ${language} (${reason})` }])
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
