import { docs, version } from '../base/version.ts'
import { COMMAND_NAMES, type CommandName, commandNamed } from '../settings/commands.ts'
import { type Config, FLAGS, type Flag, isFlagOf } from '../settings/config.ts'
import type { ProcessIo } from './run.ts'

/** `fake-devin --help`, and `fake-devin COMMAND --help`: prints the help. */
export function help({ topic }: Pick<Config, 'topic'>, { stdout }: Pick<ProcessIo, 'stdout'>): number {
  stdout.write(topic === 'serve' ? helpOnAll() : helpOn(topic))
  return 0
}

function helpOnAll(): string {
  return `fake-devin ${version}: a stateful fake of the Devin API, for development, tests and demos.
Not affiliated with Cognition. Never contacts the real service, unless conform is pointed at it.

Usage
  fake-devin [flags]
  fake-devin COMMAND [flags]

Commands (each has its own --help)
${COMMAND_NAMES.map((name) => `  ${usageOf(name).padEnd(21)}${commandNamed(name).text}`).join('\n')}
  help [COMMAND]       print this help, or the help of a command
  version              print the version

Flags (with their environment variables; the flag takes precedence)
${describeFlags('serve')}

Examples
  fake-devin
  fake-devin --port 0 --seed seed.yaml
  fake-devin --strict-keys --keys keys.txt --log-level warn
  fake-devin --tls --tls-ca-out ca.pem
  fake-devin advance 90
  curl http://127.0.0.1:8080/v3/self -H 'Authorization: Bearer cog_demo'
  curl http://127.0.0.1:8080/v1/secrets -H 'Authorization: Bearer apk_user_demo'   # v1 is the legacy generation

Documentation
  ${docs}
`
}

function helpOn(name: CommandName): string {
  return `fake-devin ${usageOf(name)} [flags]: ${commandNamed(name).text}

Flags (some with environment variables; the flag takes precedence)
${describeFlags(name)}
`
}

/** Returns the usage of a command, such as `advance SECONDS`. */
export function usageOf(name: CommandName): string {
  const { argument } = commandNamed(name)
  if (argument === undefined) return name
  return argument.isOptional ? `${name} [${argument.placeholder}]` : `${name} ${argument.placeholder}`
}

/** Returns a value of a flag as users write it: `10MiB`. */
export function valueText({ placeholder }: Pick<Flag, 'placeholder'>, value: unknown): string {
  return placeholder === 'SIZE' ? `${Number(value) / 2 ** 20}MiB` : String(value)
}

function describeFlags(command: CommandName): string {
  return Object.values<Flag>(FLAGS)
    .filter((flag) => isFlagOf(flag, command))
    .map((flag) => describe(flag, command))
    .join('\n')
}

function describe(described: Flag, command: CommandName): string {
  const { name, short, placeholder, variables, requiredBy = [] } = described
  const text = described.textFor?.(command) ?? described.text
  const value = requiredBy.includes(command) ? undefined : described.default
  const own = variables.filter(({ commands = [command] }) => commands.includes(command))
  const flag = [
    ...(short === undefined ? [] : [`-${short},`]),
    `--${name}`,
    ...(placeholder === undefined ? [] : [placeholder]),
  ]
  const notes = [
    ...(value === undefined || value === false ? [] : [`Default: ${valueText(described, value)}.`]),
    ...(own.length === 0 ? [] : [own.map((variable) => variable.name).join(', ')]),
  ]
  return [
    `  ${flag.join(' ')}`,
    `      ${text}`,
    ...(notes.length === 0 ? [] : [`      ${notes.join(' ')}`]),
  ].join('\n')
}
