/** What stands behind a command. */
interface Argument {
  readonly placeholder: string
  /** Whether it may be left out. Default: false. */
  readonly isOptional?: boolean
  /** What it is, as an error says it. */
  readonly takes: string
  readonly pattern: RegExp
}

/** A command: all that parsing and `--help` need to know of it. */
export interface Command {
  /** What it does, in the list of commands. */
  readonly text: string
  readonly argument?: Argument
}

/** The name of a snapshot, which stands in paths. */
const NAME: Argument = {
  placeholder: 'NAME',
  takes: 'the name of a snapshot',
  pattern: /^(?!\.{1,2}$)[^/]{1,200}$/,
}

/** Every command, described once, in the order of `--help`. All but the first act on a server that runs. */
export const COMMANDS = {
  serve: { text: 'serve the API until SIGINT or SIGTERM; what happens without a command' },
  health: { text: 'exit with 0 when the server answers, else with 1' },
  reset: { text: 'go back to how the server started: the seed, ids and clocks' },
  advance: {
    text: 'let time pass at once, and print what time it is then',
    argument: {
      placeholder: 'SECONDS',
      takes: 'a number of seconds, such as 90',
      pattern: /^\d{1,9}(?:\.\d{1,6})?$/,
    },
  },
  fault: {
    text: 'make requests fail on purpose, as a preset says or --json, and print the id of the fault',
    argument: {
      placeholder: 'PRESET',
      isOptional: true,
      takes: 'the name of a preset, such as rate-limit',
      pattern: /^[a-z-]{1,64}$/,
    },
  },
  requests: { text: 'print what was received and answered, a line each, newest last' },
  snapshot: {
    text: 'keep the state as it is now under a name',
    argument: { ...NAME, isOptional: true },
  },
  restore: { text: 'go back to a snapshot', argument: NAME },
  diff: { text: 'print what has changed since a snapshot, record by record', argument: NAME },
} as const satisfies Record<string, Command>

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS

/** The commands, by name. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[]

/** A command, by its name. */
export function commandNamed(name: CommandName): Command {
  return COMMANDS[name]
}
