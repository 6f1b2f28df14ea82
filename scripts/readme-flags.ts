import { FLAGS } from '../src/flags.ts'

/** The table of flags in the README. */
export function flagTable(): string {
  const rows = Object.values(FLAGS).map(({ name, placeholder, variables, text, ...flag }) => {
    const shown = `\`--${name}${placeholder === undefined ? '' : ` ${placeholder}`}\``
    const names = variables.map((variable) => `\`${variable.name}\``).join(', ')
    const value = flag.default === undefined || flag.default === false ? '' : ` Default: ${flag.default}.`
    return `| ${shown} | ${names} | ${text}${value} |`
  })
  return ['| flag | variable | what it does |', '| --- | --- | --- |', ...rows].join('\n')
}
