import { formatInstant } from '../base/clock.ts'
import {
  type Environment,
  FLAGS,
  isFlagOf,
  readConfig,
  readOptions,
  type ServerConfig,
  type ServerSettings,
} from './config.ts'
import { NO_PROXIES } from './flag-values.ts'

/**
 * Returns the options that the variables `FAKE_DEVIN_…` give, and no others: a `PORT` in the environment of a test run is for the program
 * that is tested. Ignores variables of no server flag, such as `FAKE_DEVIN_URL`. Throws a UsageError that names the variable.
 */
export function optionsOfVariables(env: Environment): ServerSettings {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('FAKE_DEVIN_')))
  const config = readConfig({ argv: [], env: own })
  const given = Object.entries(FLAGS).filter(
    ([, flag]) =>
      isFlagOf(flag, 'serve') &&
      flag.variables.some(({ name, isRelevant = () => true }) => own[name] && isRelevant(own[name])),
  )
  return Object.fromEntries(
    given.map(([name]) => [
      name,
      name === 'clock' ? textOf(config, name) : config[name as keyof ServerSettings],
    ]),
  )
}

/** Returns the variables that give a server these options. Throws a UsageError that names the option. */
export function variablesOfOptions(options: ServerSettings): Record<string, string> {
  const config = readOptions(options, {})
  const names = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : name))
  return Object.fromEntries(
    names.map((name) => {
      const option = name as keyof ServerSettings
      return [FLAGS[option].variables[0]?.name, textOf(config, option)]
    }),
  )
}

/** Returns a value as its flag takes it. */
function textOf(config: ServerConfig, option: keyof ServerSettings): string {
  const value = config[option]
  if (option === 'clock') return formatInstant(Number(value))
  // An empty variable would be ignored.
  if (option === 'forwardedAllowIps' && value === '') return NO_PROXIES
  if (typeof value !== 'object') return String(value)
  return Object.entries(value)
    .map((pair) => pair.join('='))
    .join(',')
}
