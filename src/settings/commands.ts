/** The positional argument of a command. */
interface Argument {
  readonly placeholder: string
  /** Whether the argument is optional. Default: false. */
  readonly isOptional?: boolean
  /** The description of the argument in errors. */
  readonly takes: string
  readonly pattern: RegExp
}

/** A command, as used for parsing and `--help`. */
export interface Command {
  /** The description in the list of commands. */
  readonly text: string
  readonly argument?: Argument
}

/** The name of a snapshot, which is used in paths. */
const NAME: Argument = {
  placeholder: 'NAME',
  takes: 'the name of a snapshot',
  pattern: /^(?!\.{1,2}$)[^/]{1,200}$/,
}

/** All commands, in the order of `--help`. All but the first act on a running server. */
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

/** The names of all commands. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[]

/** Returns the command with the name. */
export function commandNamed(name: CommandName): Command {
  return COMMANDS[name]
}
