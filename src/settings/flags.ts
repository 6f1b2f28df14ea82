import type { AnswerChoices } from '../answers/questions.ts'
import { parseClockTime } from '../base/clock.ts'
import { ADDRESS_FLAGS, isPort } from './address-flags.ts'
import { ANSWER } from './answer-flag.ts'
import { COMMAND_FLAGS, type CommandSettings } from './command-flags.ts'
import { COMMAND_NAMES, type CommandName } from './commands.ts'
import { APP_URL, FILE, PORT, PROXIES, SEED_IDS, SPEED, STORE, SWITCH } from './flag-values.ts'
import { LIMIT_FLAGS } from './limit-flags.ts'

/** The log levels, from least to most verbose. */
export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

/** One of LOG_LEVELS. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** The configuration of a server. */
export interface ServerConfig {
  /** 0 picks a free port. */
  readonly port: number
  /** The address to listen on, or a name that resolves to one. */
  readonly host: string
  /** The least severe messages that are logged; `silent` for none. */
  readonly logLevel: LogLevel
  /** Whether to accept only the keys of `keysFile` and `seedFile`. */
  readonly strictKeys: boolean
  /** The path of a file of keys. */
  readonly keysFile: string | undefined
  /** The path of a file with the initial organizations, keys, secrets and more. */
  readonly seedFile: string | undefined
  /** The path of a file of scenario rules. */
  readonly scenariosFile: string | undefined
  /** Whether to also serve HTTPS. */
  readonly tls: boolean
  /** The port for HTTPS; 0 picks a free one. */
  readonly tlsPort: number
  /** The path of a PEM certificate. Requires `tlsKeyFile`. Default: a certificate is generated at startup. */
  readonly tlsCertFile: string | undefined
  /** The path of the PEM private key of that certificate. */
  readonly tlsKeyFile: string | undefined
  /** The path to write the generated CA to. */
  readonly tlsCaOutFile: string | undefined
  /** The proxies whose X-Forwarded-Proto is trusted: addresses and networks, separated by commas; `*` for all. */
  readonly forwardedAllowIps: string
  /** Whether the IP access list of the enterprise also concerns clients on this machine. */
  readonly ipAccessListOnLoopback: boolean
  /** The number of fake seconds per real second; with `instant`, sessions do not wait for time to pass. */
  readonly speed: number | 'instant'
  /** The time at which the clock is frozen, in microseconds since the epoch. Default: the clock runs. */
  readonly clock: number | undefined
  /** The seed for ids that are the same in every run. Default: random ids. */
  readonly seedIds: number | undefined
  /** Answers to the open questions of docs/fidelity.md. Default: those that are listed first. */
  readonly answers: AnswerChoices | undefined
  /** The address of the web app in the URLs of sessions, without a slash at the end. */
  readonly appUrl: string
  /** Where the state is kept: `memory`, the path of a SQLite file, or the URL of a PostgreSQL database. */
  readonly store: string
  /** The bearer token required by every control plane request. Default: none. */
  readonly controlToken: string | undefined
  /** The maximum size of a JSON body, in bytes. */
  readonly maxJsonBytes: number
  /** The maximum size of an upload, in bytes. */
  readonly maxUploadBytes: number
  /** The maximum number of records per organization. */
  readonly maxRecords: number
  /** The maximum memory of all stored data, in bytes. */
  readonly maxStoredBytes: number
  /** The maximum number of open connections. */
  readonly maxConnections: number
  /** The maximum number of requests in each organization's journal. */
  readonly journalEntries: number
  /** The maximum memory of each organization's journal, in bytes. */
  readonly journalBytes: number
}

/** The parsed command line and environment. */
export interface Config extends ServerConfig, CommandSettings {
  readonly command: CommandName | 'help' | 'version'
  /** The positional argument of the command, such as the name of a snapshot. */
  readonly argument: string | undefined
  /** The command to print help for. */
  readonly topic: CommandName
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The values of all flags and variables. */
export interface Settings extends ServerConfig, CommandSettings {
  readonly help: boolean
  readonly version: boolean
}

/** An environment variable for a flag. */
interface Variable {
  readonly name: string
  /** Returns whether the value is meant for this program. Default: always. Empty values are ignored. */
  readonly isRelevant?: (text: string) => boolean
  /** The commands that read the variable. Default: all commands with the flag. */
  readonly commands?: readonly CommandName[]
}

/** A flag, as used for parsing, the environment and `--help`. */
export interface Flag<Value = unknown> {
  readonly name: string
  readonly short?: string
  /** The commands that accept the flag. Default: serve. */
  readonly commands?: readonly CommandName[]
  /** The variables for the flag. The first one set wins. The command line takes precedence. */
  readonly variables: readonly Variable[]
  /** The name of the value in `--help`. A flag without one is a switch. */
  readonly placeholder?: string
  readonly default: Value
  /** Whether it may be repeated: its values are joined by commas. Default: the last one wins. */
  readonly isList?: boolean
  /** Whether errors omit the given value. Default: false. */
  readonly isSecret?: boolean
  /** The description in `--help`. */
  readonly text: string
  /** Returns the description for a command to which the flag means something else. */
  readonly textFor?: (command: CommandName) => string | undefined
  /** The commands that have no default. */
  readonly requiredBy?: readonly CommandName[]
  /** The description of the expected value in errors. */
  readonly takes: string
  /** Parses a text. Returns undefined if it is invalid. */
  readonly parse: (text: string) => Value | undefined
  /** Returns the reason why a text is invalid, without repeating it. Default: the error only has the expected value. */
  readonly flaw?: (text: string) => string | undefined
}

/** All flags, in the order of `--help`. */
export const FLAGS: { readonly [Name in keyof Settings]: Flag<Settings[Name]> } = {
  port: ADDRESS_FLAGS.port,
  host: ADDRESS_FLAGS.host,
  logLevel: {
    name: 'log-level',
    variables: [{ name: 'FAKE_DEVIN_LOG_LEVEL' }],
    placeholder: 'LEVEL',
    default: 'info',
    text: `Log level: ${LOG_LEVELS.join(', ')}.`,
    takes: `one of ${LOG_LEVELS.join(', ')}`,
    parse: (text) => LOG_LEVELS.find((level) => level === text),
  },
  strictKeys: {
    ...SWITCH,
    name: 'strict-keys',
    variables: [{ name: 'FAKE_DEVIN_STRICT_KEYS' }],
    text: 'Accept only the keys of --keys and --seed. Otherwise every well-formed key is accepted.',
  },
  keysFile: {
    ...FILE,
    name: 'keys',
    variables: [{ name: 'FAKE_DEVIN_KEYS' }],
    placeholder: 'FILE',
    text: 'Keys to accept, of both generations: lines of "KEY [ORG_ID]", or JSON or YAML.',
  },
  seedFile: {
    ...FILE,
    name: 'seed',
    variables: [{ name: 'FAKE_DEVIN_SEED' }],
    placeholder: 'FILE',
    text: 'Initial state (organizations, keys, secrets, sessions and more), as JSON or YAML; see docs/state.md.',
  },
  scenariosFile: {
    ...FILE,
    name: 'scenarios',
    variables: [{ name: 'FAKE_DEVIN_SCENARIOS' }],
    placeholder: 'FILE',
    text: 'Rules that assign scenarios to sessions, as JSON or YAML; see docs/scenarios.md.',
  },
  tls: {
    ...SWITCH,
    name: 'tls',
    variables: [{ name: 'FAKE_DEVIN_TLS' }],
    text: 'Also serve HTTPS, as api.devin.ai, localhost and 127.0.0.1; see docs/tls.md.',
  },
  tlsPort: {
    ...PORT,
    name: 'tls-port',
    variables: [{ name: 'FAKE_DEVIN_TLS_PORT', isRelevant: isPort }],
    placeholder: 'N',
    default: 8443,
    text: 'Port for HTTPS; 0 picks a free one.',
  },
  tlsCertFile: {
    ...FILE,
    name: 'tls-cert',
    variables: [{ name: 'FAKE_DEVIN_TLS_CERT' }],
    placeholder: 'FILE',
    text: 'Certificate for HTTPS in PEM; requires --tls-key. Default: generated at startup.',
  },
  tlsKeyFile: {
    ...FILE,
    name: 'tls-key',
    variables: [{ name: 'FAKE_DEVIN_TLS_KEY' }],
    placeholder: 'FILE',
    text: 'Private key of --tls-cert, in PEM.',
  },
  tlsCaOutFile: {
    ...FILE,
    name: 'tls-ca-out',
    variables: [{ name: 'FAKE_DEVIN_TLS_CA_OUT' }],
    placeholder: 'FILE',
    text: 'Write the generated CA to this file; also available at GET /_fake/ca.pem.',
  },
  forwardedAllowIps: {
    ...PROXIES,
    name: 'forwarded-allow-ips',
    // FORWARDED_ALLOW_IPS is also read by uvicorn and gunicorn, and can contain Unix sockets.
    variables: [
      { name: 'FAKE_DEVIN_FORWARDED_ALLOW_IPS' },
      { name: 'FORWARDED_ALLOW_IPS', isRelevant: (text) => PROXIES.parse(text) !== undefined },
    ],
    placeholder: 'LIST',
    text: 'Proxies whose X-Forwarded-Proto is trusted: addresses and networks, * for all, none; see docs/tls.md.',
  },
  ipAccessListOnLoopback: {
    ...SWITCH,
    name: 'ip-access-list-on-loopback',
    variables: [{ name: 'FAKE_DEVIN_IP_ACCESS_LIST_ON_LOOPBACK' }],
    text: "Enforce the enterprise's IP access list for clients on this machine, too.",
  },
  speed: SPEED,
  clock: {
    name: 'clock',
    variables: [{ name: 'FAKE_DEVIN_CLOCK' }],
    placeholder: 'TIME',
    default: undefined,
    text: 'Freeze the clock at this time, e.g. 2026-01-02T03:04:05Z, until it is moved.',
    takes: 'an ISO 8601 time from 1970 to 2255, such as 2026-01-02T03:04:05Z',
    parse: parseClockTime,
  },
  seedIds: SEED_IDS,
  answers: ANSWER,
  appUrl: APP_URL,
  store: STORE,
  controlToken: ADDRESS_FLAGS.controlToken,
  ...LIMIT_FLAGS,
  ...COMMAND_FLAGS,
  help: {
    ...SWITCH,
    name: 'help',
    short: 'h',
    commands: COMMAND_NAMES,
    variables: [],
    text: 'Print this help.',
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

/** Returns whether a command accepts a flag. */
export function isFlagOf({ commands = ['serve'] }: Flag, command: CommandName): boolean {
  return commands.includes(command)
}
