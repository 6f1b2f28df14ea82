import { parseArgs } from 'node:util'
import { LATEST } from './clock.ts'
import { type Config, type Environment, FLAGS, type Flag, type ServerConfig, type Settings } from './flags.ts'
import { nearestName } from './nearest.ts'
import { UsageError } from './start-error.ts'

export {
  type Config,
  type Environment,
  FLAGS,
  type Flag,
  LOG_LEVELS,
  type LogLevel,
  type ServerConfig,
} from './flags.ts'

/**
 * The one reader of the command line (`argv`, without node and script) and of the environment. Throws a UsageError
 * that names the flag or variable and what it takes. `--help` and `--version` win over whatever else is there.
 */
export function readConfig({ argv, env }: { argv: readonly string[]; env: Environment }): Config {
  const { texts, commands } = readCommandLine(argv)
  if (texts.has('help') || texts.has('version')) {
    return { ...readSettings(new Map(), {}), command: texts.has('help') ? 'help' : 'version' }
  }
  const [command = 'serve', ...more] = commands
  if (command !== 'serve' && command !== 'health') {
    throw new UsageError(`unknown command ${shown(command)}, the commands are serve and health`)
  }
  if (more[0] !== undefined) throw new UsageError(`unexpected argument ${shown(more[0])}`)
  if (command === 'serve' && texts.has('url')) throw new UsageError('--url is a flag of health alone')
  return { ...readSettings(texts, env), command }
}

/** What a server is started with when nobody says otherwise. */
export const DEFAULT_CONFIG: ServerConfig = readSettings(new Map(), {})

/** What a server can be started with from code; see {@link readOptions}. */
export type ServerSettings = {
  readonly [Name in keyof Omit<ServerConfig, 'clock'>]?: ServerConfig[Name] | undefined
} & {
  /** The time at which the clock stands still: an ISO 8601 text, or microseconds since the epoch. Default: it runs. */
  readonly clock?: ServerConfig['clock'] | string
}

/**
 * The one reader of options that come from code, where `defaults` win over those of the command line. Throws a UsageError that names
 * the option and what it takes, since not everybody has types.
 */
export function readOptions(options: ServerSettings, defaults: Partial<ServerConfig>): ServerConfig {
  const given = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, readOption(name, value)])
  return { ...DEFAULT_CONFIG, ...defaults, ...Object.fromEntries(given) }
}

function readOption(name: string, value: unknown): unknown {
  const flag = Object.hasOwn(SERVER_FLAGS, name) ? SERVER_FLAGS[name as keyof ServerConfig] : undefined
  if (flag === undefined) {
    const near = nearestName(name, Object.keys(SERVER_FLAGS))
    throw new UsageError(
      `unknown option ${shown(name)}${near === undefined ? '' : `, did you mean ${near}?`}`,
    )
  }
  if (name === 'clock' && typeof value === 'number' && value >= 0 && value <= LATEST) return Math.floor(value)
  return parse(flag, name, String(value))
}

const { url: _url, help: _help, version: _version, ...SERVER_FLAGS } = FLAGS

function readSettings(texts: ReadonlyMap<string, string>, env: Environment): Settings {
  const entries = Object.entries(FLAGS).map(([key, flag]) => [key, readSetting(flag, texts, env)])
  return Object.fromEntries(entries) as Settings
}

function readSetting(flag: Flag, texts: ReadonlyMap<string, string>, env: Environment): unknown {
  const given = texts.get(flag.name)
  if (given !== undefined) return parse(flag, `--${flag.name}`, given)
  for (const { name, counts = () => true } of flag.variables) {
    const text = env[name]
    if (text !== undefined && text !== '' && counts(text)) return parse(flag, name, text)
  }
  return flag.default
}

function parse(flag: Flag, source: string, text: string): unknown {
  const value = flag.parse(text)
  if (value !== undefined) return value
  const given = flag.isSecret ? '' : `, not ${shown(text)}`
  throw new UsageError(`${source} takes ${flag.takes}${given}`)
}

/** The texts of the flags by flag name, and what stands between them. Of a repeated flag the last one counts. */
function readCommandLine(argv: readonly string[]): { texts: Map<string, string>; commands: string[] } {
  const all: Flag[] = Object.values(FLAGS)
  const options = Object.fromEntries(
    all.map(({ name, short, placeholder }) => {
      const type = placeholder === undefined ? ('boolean' as const) : ('string' as const)
      return [name, short === undefined ? { type } : { type, short }]
    }),
  )
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true })
  const texts = new Map<string, string>()
  const commands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') commands.push(token.value)
    if (token.kind !== 'option') continue
    const flag = all.find(({ name }) => name === token.name)
    if (flag === undefined)
      throw new UsageError(`unknown flag ${token.rawName}${suggestion(token.name, all)}`)
    const isMissing = token.value === undefined || (!token.inlineValue && token.value.startsWith('--'))
    if (isMissing && flag.placeholder !== undefined)
      throw new UsageError(`--${flag.name} takes ${flag.takes}`)
    texts.set(flag.name, token.value ?? 'true')
  }
  return { texts, commands }
}

function suggestion(name: string, known: readonly Flag[]): string {
  const near = nearestName(
    name,
    known.map((flag) => flag.name),
  )
  return near === undefined ? ', see --help' : `, did you mean --${near}?`
}

/** A wrong text as an error quotes it. A key may have been typed in the wrong place and is not repeated. */
function shown(text: string): string {
  return /^(?:apk|cog)_/.test(text) ? 'a key' : JSON.stringify(text)
}
