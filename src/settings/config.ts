import { parseArgs } from 'node:util'
import { closestName } from '../base/suggestions.ts'
import { COMMAND_NAMES, type CommandName, commandNamed } from './commands.ts'
import {
  type Config,
  type Environment,
  FLAGS,
  type Flag,
  isFlagOf,
  type ServerConfig,
  type Settings,
} from './flags.ts'
import { UsageError } from './start-error.ts'

export {
  type Config,
  type Environment,
  FLAGS,
  type Flag,
  isFlagOf,
  LOG_LEVELS,
  type LogLevel,
  type ServerConfig,
} from './flags.ts'

/**
 * Reads the command line (`argv`, without node and script) and the environment; no other code reads them. Throws a UsageError
 * that names the flag or variable and its expected value. `--help` and `--version` take precedence over everything else.
 */
export function readConfig({ argv, env }: { argv: readonly string[]; env: Environment }): Config {
  const tokens = tokensOf(argv, ALL_FLAGS)
  const [first, ...others] = tokens.flatMap((token) => (token.kind === 'positional' ? token.value : []))
  const word = first === 'help' ? (others[0] ?? 'serve') : (first ?? 'serve')
  const command = COMMAND_NAMES.find((name) => name === word)
  const topic = command ?? 'serve'
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    refuseNegative(`${argv[token.index]}`, topic)
    refuseUnknown(token, topic)
  }
  const requested = INFORMATION.find((flag) =>
    tokens.some((token) => token.kind === 'option' && token.name === flag),
  )
  if (first === 'help' && command === undefined) throw unknownCommand(word)
  const information = requested ?? INFORMATION.find((name) => name === first)
  if (information !== undefined) {
    return { ...readSettings(topic, new Map(), {}), command: information, argument: undefined, topic }
  }
  if (command === undefined) {
    // If a flag lacks its value, the parser takes the next flag for it, and the value of that flag for a command.
    for (const token of tokens) refuseMissing(token, ALL_FLAGS)
    throw unknownCommand(word)
  }
  const { texts, words } = readCommandLine(argv, topic)
  const argument = readArgument(topic, words.slice(1))
  return { ...readSettings(topic, texts, env), command: topic, argument, topic }
}

const PREFIX = 'FAKE_DEVIN_'

/** Returns a warning for each variable that seems to be the misspelt variable of a flag. Other unknown variables may belong to other programs. */
export function misspeltVariables(env: Environment): string[] {
  const known = ALL_FLAGS.flatMap(({ variables }) => variables.map(({ name }) => name))
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length))
  return Object.keys(env).flatMap((name) => {
    const rest = name.slice(PREFIX.length)
    const near = name.startsWith(PREFIX) && !known.includes(rest) ? closestName(rest, known) : undefined
    return near === undefined ? [] : `${name} is not a known variable, did you mean ${PREFIX}${near}?`
  })
}

/** Returns a warning for each flag that npm has taken for its own, as it does without a `--` before the flags. */
export function flagsTakenByNpm(env: Environment): string[] {
  return ALL_FLAGS.filter(({ name }) => env[`npm_config_${name.replaceAll('-', '_')}`] !== undefined).map(
    ({ name }) =>
      `npm has interpreted --${name} as its own flag: put -- before it, as in npm start -- --${name}`,
  )
}

/** The flags that are also commands and only print information. */
const INFORMATION = ['help', 'version'] as const

function unknownCommand(word: string): UsageError {
  const names = [...COMMAND_NAMES, ...INFORMATION]
  const near = closestName(word, names)
  const hint = near === undefined ? `the commands are ${names.join(', ')}` : `did you mean ${near}?`
  return new UsageError(`unknown command ${quoteForError(word)}, ${hint}`)
}

/** Returns the argument of a command. Throws a UsageError if it is invalid. */
function readArgument(name: CommandName, [given, ...more]: readonly string[]): string | undefined {
  const { argument } = commandNamed(name)
  const excess = argument === undefined ? given : more[0]
  if (excess !== undefined) throw new UsageError(`unexpected argument ${quoteForError(excess)}`)
  if (argument === undefined) return undefined
  const { isOptional = false, takes, pattern } = argument
  if (given === undefined && !isOptional) throw new UsageError(`${name} takes ${takes}`)
  if (given !== undefined && !pattern.test(given)) {
    throw new UsageError(`${name} takes ${takes}, not ${quoteForError(given)}`)
  }
  return given
}

/** The default configuration of a server. */
export const DEFAULT_CONFIG: ServerConfig = readSettings('serve', new Map(), {})

/** The options for starting a server from code; see {@link readOptions}. */
export type ServerSettings = {
  readonly [Name in keyof Omit<ServerConfig, 'clock'>]?: ServerConfig[Name] | undefined
} & {
  /** The time at which the clock is frozen: an ISO 8601 text, or a `Date`. Default: the clock runs. */
  // biome-ignore lint/style/noRestrictedGlobals: a type, which reads no time
  readonly clock?: string | Date | undefined
}

/**
 * Reads options from code; no other code reads them. `defaults` take precedence over the defaults of the command line. Throws a
 * UsageError that names the option and its expected value, since callers may not use TypeScript.
 */
export function readOptions(options: ServerSettings, defaults: Partial<ServerConfig>): ServerConfig {
  const given = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, readOption(name, value)])
  return { ...DEFAULT_CONFIG, ...defaults, ...Object.fromEntries(given) }
}

function readOption(name: string, value: unknown): unknown {
  const flag = Object.hasOwn(SERVER_FLAGS, name) ? SERVER_FLAGS[name] : undefined
  if (flag === undefined) {
    const near = closestName(name, Object.keys(SERVER_FLAGS))
    throw new UsageError(
      `unknown option ${quoteForError(name)}${near === undefined ? '' : `, did you mean ${near}?`}`,
    )
  }
  const isObject = flag.isList === true && typeof value === 'object' && value !== null
  return parse(flag, name, isObject ? pairsOf(value) : textOf(flag, name, value))
}

/** The types of values that options have. A test runner may have classes of its own with these names. */
const OPTION_TYPES = ['String', 'Number', 'Boolean', 'Date', 'URL']

/** Returns the value of an option as on the command line. Throws a UsageError for values such as null, whose text could be the name of a file. */
function textOf(flag: Flag, name: string, value: unknown): string {
  const type = Object.prototype.toString.call(value).slice('[object '.length, -1)
  if (!OPTION_TYPES.includes(type)) {
    throw new UsageError(`${name} takes ${flag.takes}, not ${type.toLowerCase()}`)
  }
  return String(type === 'Date' ? Object(value).toJSON() : value)
}

/** Returns the members of an object as on the command line: `a=1,b=2`. */
function pairsOf(value: object): string {
  const given = Object.entries(value).filter(([, member]) => member !== undefined)
  return given.map(([name, member]) => `${name}=${member}`).join(',')
}

const ALL_FLAGS: readonly Flag[] = Object.values(FLAGS)

const SERVER_FLAGS = Object.fromEntries(
  Object.entries<Flag>(FLAGS).filter(
    ([name, flag]) => isFlagOf(flag, 'serve') && !/^(?:help|version)$/.test(name),
  ),
)

function readSettings(command: CommandName, texts: ReadonlyMap<string, string>, env: Environment): Settings {
  const entries = Object.entries<Flag>(FLAGS).map(([key, flag]) => [
    key,
    isFlagOf(flag, command) ? readSetting(flag, command, texts, env) : flag.default,
  ])
  return Object.fromEntries(entries) as Settings
}

function readSetting(
  flag: Flag,
  command: CommandName,
  texts: ReadonlyMap<string, string>,
  env: Environment,
): unknown {
  const given = texts.get(flag.name)
  if (given !== undefined) return parse(flag, `--${flag.name}`, given)
  for (const { name, isRelevant = () => true, commands = [command] } of flag.variables) {
    const text = commands.includes(command) ? env[name] : undefined
    if (text !== undefined && text !== '' && isRelevant(text)) return parse(flag, name, text)
  }
  return flag.default
}

function parse(flag: Flag, source: string, text: string): unknown {
  const value = flag.parse(text)
  if (value !== undefined) return value
  const given = flag.isSecret ? '' : `, not ${quoteForError(text)}`
  const flaw = flag.flaw?.(text)
  throw new UsageError(`${source} takes ${flag.takes}${given}${flaw === undefined ? '' : `: ${flaw}`}`)
}

/** Returns the tokens of a command line, including unknown flags. */
function tokensOf(argv: readonly string[], flags: readonly Flag[]) {
  const options = Object.fromEntries(
    flags.map(({ name, short, placeholder }) => {
      const type = placeholder === undefined ? ('boolean' as const) : ('string' as const)
      return [name, short === undefined ? { type } : { type, short }]
    }),
  )
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true })
  // Some programs print their version for -v, others for -V.
  return tokens.map((token) =>
    token.kind === 'option' && token.name === 'v' ? { ...token, name: 'version' } : token,
  )
}

/** Returns the values of a command's flags by flag name, and the positional arguments. The last of repeated flags wins, unless the flag is a list. */
function readCommandLine(argv: readonly string[], command: CommandName) {
  const own = ALL_FLAGS.filter((flag) => isFlagOf(flag, command))
  const texts = new Map<string, string>()
  const words: string[] = []
  for (const token of tokensOf(argv, own)) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    const flag = own.find(({ name }) => name === token.name)
    if (flag === undefined) throw new UsageError(`${command} does not accept ${token.rawName}`)
    refuseMissing(token, own)
    const before = flag.isList ? texts.get(flag.name) : undefined
    const text = token.value ?? 'true'
    texts.set(flag.name, before === undefined ? text : `${before},${text}`)
  }
  return { texts, words }
}

/** Throws a UsageError for a flag without its value. */
function refuseMissing(token: ReturnType<typeof tokensOf>[number], flags: readonly Flag[]): void {
  if (token.kind !== 'option') return
  const flag = flags.find(({ name }) => name === token.name)
  const isMissing = token.value === undefined || (!token.inlineValue && token.value.startsWith('--'))
  if (isMissing && flag?.placeholder !== undefined) throw new UsageError(`--${flag.name} takes ${flag.takes}`)
}

/** Throws a UsageError for a negative number in place of an argument, which has the form of a flag. */
function refuseNegative(text: string, command: CommandName): void {
  if (/^-\d/.test(text) && commandNamed(command).argument !== undefined) readArgument(command, [text])
}

function refuseUnknown(
  { name, rawName }: { readonly name: string; readonly rawName: string },
  command: CommandName,
): void {
  if (ALL_FLAGS.some((flag) => flag.name === name)) return
  // Suggests only flags of this command, since those of others would also be rejected.
  const own = ALL_FLAGS.filter((flag) => isFlagOf(flag, command)).map((flag) => flag.name)
  throw new UsageError(`unknown flag ${quoteFlag(rawName)}${suggestion(name, own)}`)
}

function suggestion(name: string, known: readonly string[]): string {
  const near = closestName(name, known)
  return near === undefined ? ', see --help' : `, did you mean --${near}?`
}

/** Formats a flag for an error. A key typed in place of a flag is not repeated. */
function quoteFlag(name: string): string {
  return /(?:apk|cog)_/.test(name) ? '(a key)' : name
}

/** Formats an invalid text for an error. Keys, which may have been typed in the wrong place, and passwords are not repeated. */
function quoteForError(text: string): string {
  if (/^(?:[^/]*\/\/)?[^/]*@/.test(text)) return 'one with a password'
  return /(?:^|[=,])(?:apk|cog)_/.test(text) ? 'a key' : JSON.stringify(text)
}
