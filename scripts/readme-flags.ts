import { usageOf, valueText } from '../src/cli/help.ts'
import { COMMAND_NAMES, COMMANDS, type CommandName } from '../src/settings/commands.ts'
import { FLAGS, type Flag, isFlagOf } from '../src/settings/flags.ts'

const flags: readonly Flag[] = Object.values(FLAGS)

/** Returns the table of the server's flags for the README. */
export function flagTable(): string {
  const own = flags.filter((flag) => isFlagOf(flag, 'serve'))
  const rows = own.map(({ variables, text, ...flag }) => {
    const names = variables.map((variable) => `\`${variable.name}\``).join(', ')
    const value =
      flag.default === undefined || flag.default === false
        ? ''
        : ` Default: ${valueText(flag, flag.default)}.`
    return `| ${shown(flag)} | ${names} | ${text}${value} |`
  })
  return ['| flag | variable | what it does |', '| --- | --- | --- |', ...rows].join('\n')
}

/**
 * Returns the table of commands that act on a running server, each with the flags that not all of them share.
 */
export function commandTable(): string {
  const acting = COMMAND_NAMES.filter((name) => !['serve', 'health', 'conform', 'store'].includes(name))
  const ofFew = flags.filter((flag) => !acting.every((name) => isFlagOf(flag, name)))
  const flagsOf = (name: CommandName) =>
    ofFew
      .filter((flag) => isFlagOf(flag, name))
      .map(shown)
      .join(', ')
  const rows = acting.map((name) => `| \`${usageOf(name)}\` | ${COMMANDS[name].text} | ${flagsOf(name)} |`)
  return ['| command | what it does | flags |', '| --- | --- | --- |', ...rows].join('\n')
}

function shown({ name, short, placeholder }: Pick<Flag, 'name' | 'short' | 'placeholder'>): string {
  const abbreviation = short === undefined ? '' : `\`-${short}\`, `
  return `${abbreviation}\`--${name}${placeholder === undefined ? '' : ` ${placeholder}`}\``
}
