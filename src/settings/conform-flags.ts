import { COUNT, FILE, SWITCH } from './flag-values.ts'

/** The formats of a report of `conform`. */
const FORMATS = ['text', 'json', 'junit'] as const

/** The settings of `fake-devin conform`. */
export interface ConformSettings {
  /** The key of v1. Default: none. */
  readonly v1Key: string | undefined
  /** The key of v3. Default: none. */
  readonly v3Key: string | undefined
  /** Whether the run may create, change and delete its own things. */
  readonly writes: boolean
  /** Whether it may also create sessions and upload files. */
  readonly sessions: boolean
  /** Whether it may also create an organization, and notes and playbooks of the enterprise. */
  readonly enterprise: boolean
  /** How long to wait for each answer, in seconds. */
  readonly timeout: number
  /** The format of the report. */
  readonly format: (typeof FORMATS)[number]
  /** The file to write the report to. Default: standard output. */
  readonly reportFile: string | undefined
  /** The file to write what was seen to. Default: none. */
  readonly updateLedgerFile: string | undefined
}

const OWN = { commands: ['conform'] as const, variables: [] }

/** A key. The name of the variable says which generation it is for, or its prefix does. */
const KEY = {
  commands: OWN.commands,
  placeholder: 'KEY',
  default: undefined,
  isSecret: true,
  takes: 'a key without spaces',
  parse: (text: string) => (/^[\x21-\x7e]+$/.test(text) ? text : undefined),
}

/** The flags of `fake-devin conform`. */
export const CONFORM_FLAGS = {
  v1Key: {
    ...KEY,
    name: 'key',
    variables: [
      { name: 'FAKE_DEVIN_CONFORM_KEY' },
      { name: 'DEVIN_API_KEY', isRelevant: (text: string) => text.startsWith('apk_') },
    ],
    text: 'Key of v1. DEVIN_API_KEY is used if it begins with apk_.',
  },
  v3Key: {
    ...KEY,
    name: 'v3-key',
    variables: [
      { name: 'FAKE_DEVIN_CONFORM_V3_KEY' },
      { name: 'DEVIN_API_KEY', isRelevant: (text: string) => text.startsWith('cog_') },
    ],
    text: 'Key of v3. DEVIN_API_KEY is used if it begins with cog_.',
  },
  writes: {
    ...SWITCH,
    ...OWN,
    name: 'writes',
    text: 'Also create, change and delete secrets, notes, playbooks, schedules and automations of its own.',
  },
  sessions: {
    ...SWITCH,
    ...OWN,
    name: 'sessions',
    text: 'With --writes: also create sessions, which cost money and stay in the list, and upload files.',
  },
  enterprise: {
    ...SWITCH,
    ...OWN,
    name: 'enterprise',
    text: 'With --writes: also create and delete organizations, notes and playbooks in the enterprise.',
  },
  timeout: {
    ...COUNT,
    ...OWN,
    name: 'timeout',
    placeholder: 'SECONDS',
    default: 30,
    takes: 'a whole number of seconds from 1 to 3600',
    parse: (text: string) => (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= 3600 ? Number(text) : undefined),
    text: 'How long to wait for each answer.',
  },
  format: {
    ...OWN,
    name: 'format',
    placeholder: 'FORMAT',
    default: 'text' as const,
    takes: 'one of text, json, junit',
    parse: (text: string) => FORMATS.find((format) => format === text),
    text: 'Format of the report: text, json or junit.',
  },
  reportFile: {
    ...FILE,
    ...OWN,
    name: 'report',
    placeholder: 'FILE',
    text: 'Write the report to this file, and a summary as text to standard output.',
  },
  updateLedgerFile: {
    ...FILE,
    ...OWN,
    name: 'update-ledger',
    placeholder: 'FILE',
    text: 'Write the observations, with the date, to this file; see docs/conformance.md.',
  },
} as const
