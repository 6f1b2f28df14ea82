import { parseAddress } from '../base/address.ts'
import type { CommandName } from './commands.ts'
import { COUNT, SWITCH } from './flag-values.ts'

/** What the commands are told that act on a server which runs. */
export interface CommandSettings {
  /** Where it is; undefined for `host` and `port`. */
  readonly url: string | undefined
  /** The organization to act on; undefined for all. */
  readonly orgId: string | undefined
  /** A fault, spelt out; undefined for none. */
  readonly spec: Readonly<Record<string, unknown>> | undefined
  /** How often a fault strikes; undefined for ever. */
  readonly times: number | undefined
  /** Whether answers are printed as they are, in JSON. */
  readonly asJson: boolean
  /** Whether what there is is listed. */
  readonly list: boolean
  /** Whether new requests are printed as they come. */
  readonly follow: boolean
  /** Whether what there is is removed. */
  readonly clear: boolean
  /** Of which method requests are meant; undefined for any. */
  readonly method: string | undefined
  /** Of which path: as it was sent, a template or a glob; undefined for any. */
  readonly path: string | undefined
  /** Of which status, or class of them (`4xx`); undefined for any. */
  readonly status: string | undefined
  /** The id of a request, for those after it, or a time; undefined for all. */
  readonly since: string | undefined
  /** How many requests are printed at most: the newest. */
  readonly limit: number | undefined
}

/** Commands that act by way of the control plane. */
const CONTROL_COMMANDS: readonly CommandName[] = [
  'reset',
  'advance',
  'fault',
  'requests',
  'snapshot',
  'restore',
  'diff',
]

/** Commands that talk to a server which runs. */
export const CLIENT_COMMANDS: readonly CommandName[] = ['health', ...CONTROL_COMMANDS]

/** Commands that need the token of the server, or set it. */
export const AUTHORIZED: readonly CommandName[] = ['serve', ...CONTROL_COMMANDS]

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const TEXT = { default: undefined, variables: [] }

/** The flags of the commands that act on a server which runs. */
export const COMMAND_FLAGS = {
  url: {
    name: 'url',
    commands: CLIENT_COMMANDS,
    // Tests set the variable to where a container is from outside, so a health check inside of it must not follow it.
    variables: [{ name: 'FAKE_DEVIN_URL', commands: CONTROL_COMMANDS }],
    placeholder: 'URL',
    default: undefined,
    text: 'Where the server is. Otherwise --host and --port say it.',
    takes: 'the address of a server, such as http://localhost:8080',
    parse: parseUrl,
    // Asked for only where the text is not an address.
    flaw: (text: string) => `the URL ${(parseAddress(text) as { readonly flaw: string }).flaw}`,
  },
  orgId: {
    ...TEXT,
    name: 'org',
    commands: CONTROL_COMMANDS,
    placeholder: 'ORG_ID',
    text: 'Act on this organization alone, instead of all.',
    takes: 'the id of an organization',
    parse: (text: string) => (text === '' || /^(?:apk|cog)_/.test(text) ? undefined : text),
  },
  spec: {
    ...TEXT,
    name: 'json',
    commands: ['fault'],
    placeholder: 'JSON',
    text: 'The fault, as POST /_fake/faults takes it; with a preset, what it has besides.',
    takes: `an object in JSON, such as '{"status": 503}'`,
    parse: parseObject,
  },
  times: {
    ...COUNT,
    name: 'times',
    commands: ['fault'],
    variables: [],
    placeholder: 'N',
    default: undefined,
    text: 'How often it strikes before it is gone; otherwise for ever.',
  },
  asJson: {
    ...SWITCH,
    name: 'json',
    commands: ['requests', 'snapshot', 'diff'],
    variables: [],
    text: 'Print the answer as it is, in JSON.',
  },
  list: {
    ...SWITCH,
    name: 'list',
    commands: ['fault', 'snapshot'],
    variables: [],
    text: 'Print what there is, instead of adding to it.',
  },
  follow: {
    ...SWITCH,
    name: 'follow',
    commands: ['requests'],
    variables: [],
    text: 'Print new requests as they come, until Ctrl-C.',
  },
  clear: {
    ...SWITCH,
    name: 'clear',
    commands: ['fault', 'requests'],
    variables: [],
    text: 'Remove what there is.',
  },
  method: {
    ...TEXT,
    name: 'method',
    commands: ['fault', 'requests'],
    placeholder: 'METHOD',
    text: 'Requests of this method.',
    takes: `one of ${METHODS.join(', ')}`,
    parse: (text: string) => METHODS.find((method) => method === text.toUpperCase()),
  },
  path: {
    ...TEXT,
    name: 'path',
    commands: ['fault', 'requests'],
    placeholder: 'PATH',
    text: 'Requests of this path: /v1/secrets/secret-1, /v1/secrets/{secret_id}, /v1/secrets/* or **.',
    takes: 'a path, a template or a glob',
    parse: (text: string) => (/^[/*]/.test(text) ? text : undefined),
  },
  status: {
    ...TEXT,
    name: 'status',
    commands: ['requests'],
    placeholder: 'STATUS',
    text: 'Requests that were answered so: 404, or 4xx.',
    takes: 'a status, such as 404, or a class of them, such as 4xx',
    parse: (text: string) => (/^[1-5](?:\d\d|xx)$/.test(text) ? text : undefined),
  },
  since: {
    ...TEXT,
    name: 'since',
    commands: ['requests'],
    placeholder: 'ID',
    text: 'Requests after the one with this id, or from this time on.',
    takes: 'the id of a request, or an ISO 8601 time',
    parse: (text: string) => (text === '' ? undefined : text),
  },
  limit: {
    ...COUNT,
    name: 'limit',
    commands: ['requests'],
    variables: [],
    placeholder: 'N',
    default: undefined,
    text: 'How many requests to print at most: the newest.',
  },
} as const

/** The base address, without a slash at the end; undefined for a text that is none. */
function parseUrl(text: string): string | undefined {
  const parsed = parseAddress(text)
  return 'url' in parsed ? parsed.url : undefined
}

/** A JSON object; undefined when the text is none. */
function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const data: unknown = JSON.parse(text)
    return typeof data === 'object' && data !== null && !Array.isArray(data) ? { ...data } : undefined
  } catch {
    return undefined
  }
}
