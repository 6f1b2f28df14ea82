import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import { UsageError } from './start-error.ts'

/** How much is logged, from least to most. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

/** One of LOG_LEVELS. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** What a server is started with. */
export interface ServerConfig {
  /** 0 picks a free port. */
  readonly port: number
  /** An address of this machine, or a name that resolves to one. */
  readonly host: string
  readonly logLevel: LogLevel
  /** Whether only the keys of the two files are good. */
  readonly strictKeys: boolean
  /** Path of a file of keys. */
  readonly keysFile: string | undefined
  /** Path of a file of organisations, keys and secrets to start with. */
  readonly seedFile: string | undefined
  /** The longest JSON body, in bytes. */
  readonly maxJsonBytes: number
  /** The longest upload, in bytes. */
  readonly maxUploadBytes: number
}

/** What the command line asks for. */
export interface Config extends ServerConfig {
  readonly command: 'serve' | 'health' | 'help' | 'version'
  /** Where `health` looks; undefined for the host and port above. */
  readonly url: string | undefined
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>

interface Settings extends Omit<Config, 'command'> {
  readonly help: boolean
  readonly version: boolean
}

/** An environment variable that stands for a flag. */
interface Variable {
  readonly name: string
  /** Whether the variable's text is meant for this program. Default: always. An empty text never is. */
  readonly counts?: (text: string) => boolean
}

/** A flag: all that parsing, the environment and `--help` need to know of it. */
export interface Flag<Value = unknown> {
  readonly name: string
  readonly short?: string
  /** The first one that is set counts. Flags on the command line win over them. */
  readonly variables: readonly Variable[]
  /** What `--help` calls the flag's value; a flag without one is a switch. */
  readonly placeholder?: string
  readonly default: Value
  /** The sentences of `--help`. */
  readonly text: string
  /** What the flag takes, as an error says it. */
  readonly takes: string
  /** The value that a text stands for; undefined when it stands for none. */
  readonly parse: (text: string) => Value | undefined
}

const SWITCH = { default: false, takes: 'true or false', parse: parseSwitch }
const FILE = { default: undefined, takes: 'the path of a file', parse: parsePath }
const BYTES = { takes: 'a number of bytes, such as 500000, 64KiB or 10MB', parse: parseBytes }

/** Every flag, described once, in the order of `--help`. */
export const FLAGS: { readonly [Name in keyof Settings]: Flag<Settings[Name]> } = {
  port: {
    name: 'port',
    // Kubernetes gives every pod beside a service `fake-devin` a FAKE_DEVIN_PORT=tcp://10.0.0.1:8080.
    variables: ['FAKE_DEVIN_PORT', 'PORT'].map((name) => ({
      name,
      counts: (text) => !text.startsWith('tcp://'),
    })),
    placeholder: 'N',
    default: 8080,
    text: 'Port to listen on; 0 picks a free one.',
    takes: 'a port from 0 to 65535',
    parse: parsePort,
  },
  host: {
    name: 'host',
    // Shells (tcsh) and conda set HOST to a name that was never meant as an address to listen on.
    variables: [
      { name: 'FAKE_DEVIN_HOST' },
      { name: 'HOST', counts: (text) => text === 'localhost' || isIP(text) !== 0 },
    ],
    placeholder: 'ADDRESS',
    default: '127.0.0.1',
    text: 'Address to listen on; 0.0.0.0 for all. HOST counts only when it is an IP address or localhost.',
    takes: 'an address',
    parse: (text) => (/^[\w.:%-]+$/.test(text) ? text : undefined),
  },
  logLevel: {
    name: 'log-level',
    variables: [{ name: 'FAKE_DEVIN_LOG_LEVEL' }],
    placeholder: 'LEVEL',
    default: 'info',
    text: `How much to log: ${LOG_LEVELS.join(', ')}.`,
    takes: `one of ${LOG_LEVELS.join(', ')}`,
    parse: (text) => LOG_LEVELS.find((level) => level === text),
  },
  strictKeys: {
    ...SWITCH,
    name: 'strict-keys',
    variables: [{ name: 'FAKE_DEVIN_STRICT_KEYS' }],
    text: 'Accept only the keys of --keys and --seed, instead of every well-formed one.',
  },
  keysFile: {
    ...FILE,
    name: 'keys',
    variables: [{ name: 'FAKE_DEVIN_KEYS' }],
    placeholder: 'FILE',
    text: 'Keys to accept: lines of "KEY [ORG_ID]", or JSON or YAML.',
  },
  seedFile: {
    ...FILE,
    name: 'seed',
    variables: [{ name: 'FAKE_DEVIN_SEED' }],
    placeholder: 'FILE',
    text: 'Organisations, keys and secrets to start with, as JSON or YAML.',
  },
  maxJsonBytes: {
    ...BYTES,
    name: 'max-json-bytes',
    variables: [{ name: 'FAKE_DEVIN_MAX_JSON_BYTES' }],
    placeholder: 'SIZE',
    default: 10 * 2 ** 20,
    text: 'The longest JSON body that is read.',
  },
  maxUploadBytes: {
    ...BYTES,
    name: 'max-upload-bytes',
    variables: [{ name: 'FAKE_DEVIN_MAX_UPLOAD_BYTES' }],
    placeholder: 'SIZE',
    default: 100 * 2 ** 20,
    text: 'The longest upload that is read.',
  },
  url: {
    name: 'url',
    variables: [],
    placeholder: 'URL',
    default: undefined,
    text: 'For health: where the server is. Otherwise --host and --port say it.',
    takes: 'a URL that begins with http://',
    parse: (text) => (text.startsWith('http://') && URL.canParse(text) ? text : undefined),
  },
  help: { ...SWITCH, name: 'help', short: 'h', variables: [], text: 'Print this text.' },
  version: { ...SWITCH, name: 'version', short: 'v', variables: [], text: 'Print the version.' },
}

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
  if (value === undefined) throw new UsageError(`${source} takes ${flag.takes}, not ${shown(text)}`)
  return value
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
  const near =
    known.find((flag) => isWithinEdits(name, flag.name, 1)) ??
    known.find((flag) => isWithinEdits(name, flag.name, 2))
  return near === undefined ? ', see --help' : `, did you mean --${near.name}?`
}

/** Whether one text becomes the other when at most `edits` characters are added, taken away or changed. */
function isWithinEdits(from: string, to: string, edits: number): boolean {
  if (from === to) return true
  if (edits === 0) return false
  let at = 0
  while (from[at] === to[at]) at++
  const [rest, other] = [from.slice(at), to.slice(at)]
  const pairs = [
    [rest.slice(1), other],
    [rest, other.slice(1)],
    [rest.slice(1), other.slice(1)],
  ] as const
  return pairs.some(([left, right]) => isWithinEdits(left, right, edits - 1))
}

/** A wrong text as an error quotes it. A key may have been typed in the wrong place and is not repeated. */
function shown(text: string): string {
  return /^(?:apk|cog)_/.test(text) ? 'a key' : JSON.stringify(text)
}

function parsePort(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined
}

function parseSwitch(text: string): boolean | undefined {
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : undefined
}

function parsePath(text: string): string | undefined {
  return text === '' || /^(?:apk|cog)_/.test(text) ? undefined : text
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
}

function parseBytes(text: string): number | undefined {
  const [, digits, unit = ''] = /^([1-9]\d{0,11})([kmg]i?b)?$/i.exec(text) ?? []
  const bytes = Number(digits) * Number(UNITS[unit.toLowerCase()])
  return Number.isSafeInteger(bytes) ? bytes : undefined
}
