import { FLAGS, type Flag } from '../config.ts'
import { version } from '../version.ts'
import type { Surroundings } from './run.ts'

/** `fake-devin --help` */
export function help({ stdout }: Pick<Surroundings, 'stdout'>): number {
  stdout.write(HELP)
  return 0
}

const HELP = `fake-devin ${version}: a stateful fake of the Devin API, for development, tests and demos.
Not affiliated with Cognition, and never contacts the real service.

Usage
  fake-devin [flags]          serve the API until SIGINT or SIGTERM
  fake-devin health [flags]   exit with 0 when the server answers, else with 1

Flags (each also as an environment variable; the flag wins)
${Object.values(FLAGS)
  .map((flag) => describe(flag))
  .join('\n')}

Examples
  fake-devin
  fake-devin --port 0 --seed seed.yaml
  fake-devin --strict-keys --keys keys.txt --log-level warn
  fake-devin --tls --tls-ca-out ca.pem
  curl http://127.0.0.1:8080/v1/secrets -H 'Authorization: Bearer apk_user_demo'
`

function describe({ name, short, placeholder, variables, text, default: value }: Flag): string {
  const flag = [
    ...(short === undefined ? [] : [`-${short},`]),
    `--${name}`,
    ...(placeholder === undefined ? [] : [placeholder]),
  ]
  const notes = [
    ...(value === undefined || value === false
      ? []
      : [`Default: ${placeholder === 'SIZE' ? `${Number(value) / 2 ** 20}MiB` : value}.`]),
    ...(variables.length === 0 ? [] : [variables.map((variable) => variable.name).join(', ')]),
  ]
  return [
    `  ${flag.join(' ')}`,
    `      ${text}`,
    ...(notes.length === 0 ? [] : [`      ${notes.join(' ')}`]),
  ].join('\n')
}
