import { parseAddress } from '../base/address.ts'
import type { CommandName } from './commands.ts'
import { CONFORM_FLAGS, type ConformSettings } from './conform-flags.ts'
import { COUNT, SWITCH } from './flag-values.ts'

/** The settings of the commands that act on a running server. */
export interface CommandSettings extends ConformSettings {
  /** The URL of the server. Default: `host` and `port`. */
  readonly url: string | undefined
  /** The organization to act on. Default: all. */
  readonly orgId: string | undefined
  /** The members of a fault, if given. */
  readonly spec: Readonly<Record<string, unknown>> | undefined
  /** The number of requests that a fault applies to. Default: unlimited. */
  readonly times: number | undefined
  /** Whether to print responses as JSON. */
  readonly asJson: boolean
  /** Whether to list the existing faults or snapshots. */
  readonly list: boolean
  /** Whether to print new requests as they arrive. */
  readonly follow: boolean
  /** Whether to remove the existing faults or requests. */
  readonly clear: boolean
  /** The method of the requests. Default: any. */
  readonly method: string | undefined
  /** The path of the requests: literal, a template or a glob. Default: any. */
  readonly path: string | undefined
  /** The status of the requests, or a class such as `4xx`. Default: any. */
  readonly status: string | undefined
  /** The time from which, or the id of the request after which, requests are printed. Default: all. */
  readonly since: string | undefined
  /** The maximum number of requests to print; the newest are kept. */
  readonly limit: number | undefined
}

/** The commands that use the control plane. */
const CONTROL_COMMANDS: readonly CommandName[] = [
  'reset',
  'advance',
  'fault',
  'requests',
  'snapshot',
  'restore',
  'diff',
]

/** The commands that connect to a running server. */
export const CLIENT_COMMANDS: readonly CommandName[] = ['health', 'conform', ...CONTROL_COMMANDS]

/** The commands that send or set the control token. */
export const AUTHORIZED: readonly CommandName[] = ['serve', ...CONTROL_COMMANDS]

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const TEXT = { default: undefined, variables: [] }

/** The flags of the commands that act on a running server. */
export const COMMAND_FLAGS = {
  url: {
    name: 'url',
    commands: CLIENT_COMMANDS,
    // Not for `health`: tests set the variable to a container's outside address, which its own health check must not use.
    variables: [{ name: 'FAKE_DEVIN_URL', commands: ['conform', ...CONTROL_COMMANDS] }],
    placeholder: 'URL',
    default: undefined,
    text: 'URL of the server. Default: from --host and --port.',
    takes: 'the address of a server, such as http://localhost:8080',
    parse: parseUrl,
    // Called only if the text is not an address.
    flaw: (text: string) => `the URL ${(parseAddress(text) as { readonly flaw: string }).flaw}`,
  },
  orgId: {
    ...TEXT,
    name: 'org',
    commands: ['conform', ...CONTROL_COMMANDS],
    variables: [{ name: 'DEVIN_ORG_ID', commands: ['conform'] }],
    placeholder: 'ORG_ID',
    text: 'Act only on this organization. Default: all.',
    textFor: (command: CommandName) =>
      command === 'conform' ? 'Organization of v3. Default: that of the v3 key.' : undefined,
    takes: 'the id of an organization',
    parse: (text: string) => (text === '' || /^(?:apk|cog)_/.test(text) ? undefined : text),
  },
  spec: {
    ...TEXT,
    name: 'json',
    commands: ['fault'],
    placeholder: 'JSON',
    text: 'The fault, as for POST /_fake/faults; with a preset, additional members.',
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
    text: 'Number of requests to affect. Default: unlimited.',
  },
  asJson: {
    ...SWITCH,
    name: 'json',
    commands: ['requests', 'snapshot', 'diff'],
    variables: [],
    text: 'Print the response as JSON.',
  },
  list: {
    ...SWITCH,
    name: 'list',
    commands: ['fault', 'snapshot'],
    variables: [],
    text: 'List the existing ones.',
    textFor: (command: CommandName) =>
      command === 'fault'
        ? 'List the faults instead of adding one.'
        : 'List the snapshots instead of taking one.',
  },
  follow: {
    ...SWITCH,
    name: 'follow',
    commands: ['requests'],
    variables: [],
    text: 'Print new requests as they arrive, until Ctrl-C.',
  },
  clear: {
    ...SWITCH,
    name: 'clear',
    commands: ['fault', 'requests'],
    variables: [],
    text: 'Remove all.',
    textFor: (command: CommandName) =>
      command === 'fault'
        ? 'Remove all faults instead of adding one.'
        : 'Remove all requests instead of printing them.',
  },
  method: {
    ...TEXT,
    name: 'method',
    commands: ['fault', 'requests'],
    placeholder: 'METHOD',
    text: 'Only requests with this method.',
    takes: `one of ${METHODS.join(', ')}`,
    parse: (text: string) => METHODS.find((method) => method === text.toUpperCase()),
  },
  path: {
    ...TEXT,
    name: 'path',
    commands: ['fault', 'requests'],
    placeholder: 'PATH',
    text: 'Only requests with this path: /v3/self, /v3/organizations/{org_id}/secrets, /v1/secrets/* or **.',
    takes: 'a path, a template or a glob',
    parse: (text: string) => (/^[/*]/.test(text) ? text : undefined),
  },
  status: {
    ...TEXT,
    name: 'status',
    commands: ['requests'],
    placeholder: 'STATUS',
    text: 'Only requests with this response status: 404, or 4xx.',
    takes: 'a status, such as 404, or a class of them, such as 4xx',
    parse: (text: string) => (/^[1-5](?:\d\d|xx)$/.test(text) ? text : undefined),
  },
  since: {
    ...TEXT,
    name: 'since',
    commands: ['requests'],
    placeholder: 'ID',
    text: 'Only requests after this id or from this time on.',
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
    text: 'Maximum number of requests to print, the newest ones.',
  },
  ...CONFORM_FLAGS,
} as const

/** Returns the base URL without a trailing slash, or undefined if the text is not a URL. */
function parseUrl(text: string): string | undefined {
  const parsed = parseAddress(text)
  return 'url' in parsed ? parsed.url : undefined
}

/** Parses a JSON object. Returns undefined for any other text. */
function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const data: unknown = JSON.parse(text)
    return typeof data === 'object' && data !== null && !Array.isArray(data) ? { ...data } : undefined
  } catch {
    return undefined
  }
}
