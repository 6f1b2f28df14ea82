import { isIP } from 'node:net'
import { parseInstant } from '../base/clock.ts'
import { AUTHORIZED, CLIENT_COMMANDS, COMMAND_FLAGS, type CommandSettings } from './command-flags.ts'
import { COMMAND_NAMES, type CommandName } from './commands.ts'
import { FILE, PORT, PROXIES, parseSpeed, parseWhole, SWITCH } from './flag-values.ts'
import { LIMIT_FLAGS } from './limit-flags.ts'

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
  /** Path of a file of organizations, keys and secrets to start with. */
  readonly seedFile: string | undefined
  /** Path of a file of scenario rules. */
  readonly scenariosFile: string | undefined
  /** Whether HTTPS is served, too. */
  readonly tls: boolean
  /** The port for HTTPS; 0 picks a free one. */
  readonly tlsPort: number
  /** Path of a certificate to show, in PEM; undefined for one that is made at the start. Needs `tlsKeyFile`. */
  readonly tlsCertFile: string | undefined
  /** Path of the private key of that certificate, in PEM. */
  readonly tlsKeyFile: string | undefined
  /** Path of the file to write the CA to that was made at the start. */
  readonly tlsCaOutFile: string | undefined
  /** The proxies whose X-Forwarded-Proto counts: addresses and networks, separated by commas; `*` for all. */
  readonly forwardedAllowIps: string
  /** How many seconds pass in one; `instant` where nothing waits for time to pass. */
  readonly speed: number | 'instant'
  /** The time at which the clock stands still, in microseconds since the epoch; undefined for a clock that runs. */
  readonly clock: number | undefined
  /** Makes ids the same in every run; undefined for ids nobody can foretell. */
  readonly seedIds: number | undefined
  /** What every control call must bring; undefined for nothing. */
  readonly controlToken: string | undefined
  /** The longest JSON body, in bytes. */
  readonly maxJsonBytes: number
  /** The longest upload, in bytes. */
  readonly maxUploadBytes: number
  /** How many records an organization may have. */
  readonly maxRecords: number
  /** What all records and files may take, in bytes. */
  readonly maxStoredBytes: number
  /** How many connections may be open at once. */
  readonly maxConnections: number
  /** How many requests each organization's journal keeps. */
  readonly journalEntries: number
  /** What they may take, in bytes. */
  readonly journalBytes: number
}

/** What the command line asks for. */
export interface Config extends ServerConfig, CommandSettings {
  readonly command: CommandName | 'help' | 'version'
  /** What stands behind the command, such as the name of a snapshot. */
  readonly argument: string | undefined
  /** Of which command help is asked for. */
  readonly topic: CommandName
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What the flags and variables say. */
export interface Settings extends ServerConfig, CommandSettings {
  readonly help: boolean
  readonly version: boolean
}

/** An environment variable that stands for a flag. */
interface Variable {
  readonly name: string
  /** Whether the variable's text is meant for this program. Default: always. An empty text never is. */
  readonly counts?: (text: string) => boolean
  /** The commands that read it. Default: all that take the flag. */
  readonly commands?: readonly CommandName[]
}

/** A flag: all that parsing, the environment and `--help` need to know of it. */
export interface Flag<Value = unknown> {
  readonly name: string
  readonly short?: string
  /** The commands that take it. Default: serve. */
  readonly commands?: readonly CommandName[]
  /** The first one that is set counts. Flags on the command line win over them. */
  readonly variables: readonly Variable[]
  /** What `--help` calls the flag's value; a flag without one is a switch. */
  readonly placeholder?: string
  readonly default: Value
  /** Whether errors keep what was given to themselves. Default: false. */
  readonly isSecret?: boolean
  /** The sentences of `--help`. */
  readonly text: string
  /** What the flag takes, as an error says it. */
  readonly takes: string
  /** The value that a text stands for; undefined when it stands for none. */
  readonly parse: (text: string) => Value | undefined
  /** What is wrong with a text that stands for no value, without repeating it. Default: the error says what the flag takes. */
  readonly flaw?: (text: string) => string | undefined
}

// Kubernetes gives every pod beside a service `fake-devin` a FAKE_DEVIN_PORT=tcp://10.0.0.1:8080.
const isPort = (text: string) => !text.startsWith('tcp://')

/** Every flag, described once, in the order of `--help`. */
export const FLAGS: { readonly [Name in keyof Settings]: Flag<Settings[Name]> } = {
  port: {
    ...PORT,
    name: 'port',
    short: 'p',
    commands: ['serve', ...CLIENT_COMMANDS],
    variables: ['FAKE_DEVIN_PORT', 'PORT'].map((name) => ({ name, counts: isPort })),
    placeholder: 'N',
    default: 8080,
    text: 'Port to listen on; 0 picks a free one.',
  },
  host: {
    name: 'host',
    commands: ['serve', ...CLIENT_COMMANDS],
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
    text: 'What to start with (organizations, keys, secrets, sessions and more), as JSON or YAML; see docs/state.md.',
  },
  scenariosFile: {
    ...FILE,
    name: 'scenarios',
    variables: [{ name: 'FAKE_DEVIN_SCENARIOS' }],
    placeholder: 'FILE',
    text: 'Rules for which scenario plays for which session, as JSON or YAML; see docs/scenarios.md.',
  },
  tls: {
    ...SWITCH,
    name: 'tls',
    variables: [{ name: 'FAKE_DEVIN_TLS' }],
    text: 'Serve HTTPS, too, as api.devin.ai, localhost and 127.0.0.1; see docs/tls.md.',
  },
  tlsPort: {
    ...PORT,
    name: 'tls-port',
    variables: [{ name: 'FAKE_DEVIN_TLS_PORT', counts: isPort }],
    placeholder: 'N',
    default: 8443,
    text: 'Port for HTTPS; 0 picks a free one.',
  },
  tlsCertFile: {
    ...FILE,
    name: 'tls-cert',
    variables: [{ name: 'FAKE_DEVIN_TLS_CERT' }],
    placeholder: 'FILE',
    text: 'Certificate for HTTPS in PEM, instead of one that is made at the start; needs --tls-key.',
  },
  tlsKeyFile: {
    ...FILE,
    name: 'tls-key',
    variables: [{ name: 'FAKE_DEVIN_TLS_KEY' }],
    placeholder: 'FILE',
    text: 'The private key of --tls-cert, in PEM.',
  },
  tlsCaOutFile: {
    ...FILE,
    name: 'tls-ca-out',
    variables: [{ name: 'FAKE_DEVIN_TLS_CA_OUT' }],
    placeholder: 'FILE',
    text: 'Write the CA that was made at the start to this file; GET /_fake/ca.pem gives it, too.',
  },
  forwardedAllowIps: {
    ...PROXIES,
    name: 'forwarded-allow-ips',
    // The second one is uvicorn's and gunicorn's own, which may also name Unix sockets.
    variables: [
      { name: 'FAKE_DEVIN_FORWARDED_ALLOW_IPS' },
      { name: 'FORWARDED_ALLOW_IPS', counts: (text) => PROXIES.parse(text) !== undefined },
    ],
    placeholder: 'LIST',
    text: 'Proxies whose X-Forwarded-Proto counts: addresses and networks, * for all, none; see docs/tls.md.',
  },
  speed: {
    name: 'speed',
    variables: [{ name: 'FAKE_DEVIN_SPEED' }],
    placeholder: 'N',
    default: 1,
    text: 'How fast time passes: 60 makes a minute a second; instant settles sessions at once.',
    takes: 'a number above 0 (at most 1000000), or instant',
    parse: parseSpeed,
  },
  clock: {
    name: 'clock',
    variables: [{ name: 'FAKE_DEVIN_CLOCK' }],
    placeholder: 'TIME',
    default: undefined,
    text: 'Let the clock stand still at this time, such as 2026-01-02T03:04:05Z, until it is moved.',
    takes: 'an ISO 8601 time, such as 2026-01-02T03:04:05Z',
    parse: parseInstant,
  },
  seedIds: {
    name: 'seed-ids',
    variables: [{ name: 'FAKE_DEVIN_SEED_IDS' }],
    placeholder: 'N',
    default: undefined,
    text: 'Make ids the same in every run; another number makes other ids.',
    takes: 'a whole number from 0 to 9007199254740991',
    parse: parseWhole,
  },
  controlToken: {
    name: 'control-token',
    commands: AUTHORIZED,
    variables: [{ name: 'FAKE_DEVIN_CONTROL_TOKEN' }],
    placeholder: 'TOKEN',
    default: undefined,
    isSecret: true,
    text: 'Let every call to the control plane (/_fake/) need "Authorization: Bearer TOKEN".',
    takes: 'a text without blanks',
    parse: (text) => (/^[\x21-\x7e]+$/.test(text) ? text : undefined),
  },
  ...LIMIT_FLAGS,
  ...COMMAND_FLAGS,
  help: {
    ...SWITCH,
    name: 'help',
    short: 'h',
    commands: COMMAND_NAMES,
    variables: [],
    text: 'Print this text.',
  },
  version: {
    ...SWITCH,
    name: 'version',
    short: 'V',
    commands: COMMAND_NAMES,
    variables: [],
    text: 'Print the version.',
  },
}

/** Whether a command takes a flag. */
export function isFlagOf({ commands = ['serve'] }: Flag, command: CommandName): boolean {
  return commands.includes(command)
}
