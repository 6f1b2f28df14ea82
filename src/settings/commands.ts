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

/** All commands, in the order of `--help`. All but `serve`, `conform` and `store` act on a running server. */
export const COMMANDS = {
  serve: { text: 'serve the API until SIGINT or SIGTERM (the default)' },
  health: { text: 'exit with 0 if the server responds, otherwise with 1' },
  reset: { text: 'reset the server to its initial state: seed, ids and clocks' },
  advance: {
    text: 'advance the clock and print the new time',
    argument: {
      placeholder: 'SECONDS',
      takes: 'a number of seconds, such as 90',
      pattern: /^\d{1,9}(?:\.\d{1,6})?$/,
    },
  },
  fault: {
    text: 'inject a fault, given by a preset or --json, and print its id',
    argument: {
      placeholder: 'PRESET',
      isOptional: true,
      takes: 'the name of a preset, such as rate-limit',
      pattern: /^[a-z-]{1,64}$/,
    },
  },
  requests: { text: 'print the recorded requests and responses, one per line, newest last' },
  snapshot: {
    text: 'take a snapshot of the state',
    argument: { ...NAME, isOptional: true },
  },
  restore: { text: 'restore a snapshot', argument: NAME },
  diff: { text: 'print the changes since a snapshot, record by record', argument: NAME },
  conform: { text: 'compare an implementation of the API with what is known about the API' },
  store: {
    text: 'check or migrate a store, without serving',
    argument: {
      placeholder: 'check|migrate',
      takes: 'check or migrate',
      pattern: /^(?:check|migrate)$/,
    },
  },
} as const satisfies Record<string, Command>

/** The name of a command. */
export type CommandName = keyof typeof COMMANDS

/** The names of all commands. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[]

/** Returns the command with the name. */
export function commandNamed(name: CommandName): Command {
  return COMMANDS[name]
}
