import { extname } from 'node:path'
import type { FakeDevinOptions } from '../index.ts'
import { UsageError } from '../settings/start-error.ts'
import { variablesOfOptions } from '../settings/variables.ts'

/** The options that a container decides itself: its port is mapped, and its files are not those of this machine. */
const OWN = ['port', 'host', 'tls', 'tlsPort', 'tlsCertFile', 'tlsKeyFile', 'tlsCaOutFile'] as const

/** The options of a fake in a container: those of `startFakeDevin`, except the ones that concern addresses and HTTPS. */
export type FakeDevinContainerOptions = Omit<FakeDevinOptions, (typeof OWN)[number]>

/** What a container gets for its options. */
export interface ContainerSettings {
  readonly environment: Record<string, string>
  /** The files to copy from this machine. */
  readonly files: readonly { readonly source: string; readonly target: string }[]
  /** The files to write into the container. */
  readonly contents: readonly { readonly content: string; readonly target: string }[]
}

/** The folder of the files in the container. */
const FOLDER = '/etc/fake-devin'

/**
 * Returns the variables and files that give a container these options. Throws a UsageError that names the option: a variable with a misspelt
 * name would be ignored in the container.
 */
export function containerSettings({
  seed,
  scenarios,
  ...options
}: FakeDevinContainerOptions): ContainerSettings {
  for (const name of OWN) {
    if (name in options)
      throw new UsageError(`a container has no option ${name}; set its variable with withEnvironment`)
  }
  const { seedFile, scenariosFile, keysFile } = options
  for (const [name, file] of Object.entries({
    seed: seed && seedFile,
    scenarios: scenarios && scenariosFile,
  })) {
    if (file !== undefined) throw new UsageError(`${name} and ${name}File cannot be combined in a container`)
  }
  const local = Object.entries({ seedFile, scenariosFile, keysFile }).flatMap(([name, source]) =>
    source === undefined ? [] : [{ name, source, target: `${FOLDER}/${name}${extname(source)}` }],
  )
  const data = Object.entries({ seed, scenarios }).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, content: JSON.stringify(value), target: `${FOLDER}/${name}.json` }],
  )
  const inContainer = {
    ...options,
    ...Object.fromEntries(local.map(({ name, target }) => [name, target])),
    ...Object.fromEntries(data.map(({ name, target }) => [`${name}File`, target])),
  }
  return {
    environment: variablesOfOptions(inContainer),
    files: local.map(({ source, target }) => ({ source, target })),
    contents: data.map(({ content, target }) => ({ content, target })),
  }
}
