import type { KeyRegistry, RegisteredKey } from '../auth/keys.ts'
import type { Organizations } from '../organization/organizations.ts'
import type { ServerConfig } from '../settings/config.ts'
import { toJsonData } from '../settings/json-data.ts'
import { UsageError } from '../settings/start-error.ts'
import type { ScenarioRules } from '../simulation/scenario-rules.ts'
import type { StateService } from '../state/service.ts'

/** The files of a configuration, and the data that code may pass in their place. */
export interface InitialContents extends Pick<ServerConfig, 'keysFile' | 'seedFile' | 'scenariosFile'> {
  /** The contents of a seed file, instead of `seedFile`. */
  readonly seed?: unknown
  /** The contents of a scenarios file, added after the rules of `scenariosFile`. */
  readonly scenarios?: unknown
}

/** The services that are filled. */
export interface FilledServices {
  readonly organizations: Organizations
  readonly keys: KeyRegistry
  readonly stateService: StateService
}

/** Fills a new server with the keys, scenario rules and seed of a configuration. Rejects with a StartError if a file is invalid. */
export async function fillNew(contents: InitialContents, services: FilledServices): Promise<void> {
  const { keys, organizations, stateService } = services
  for (const key of await configuredKeys(contents)) keys.register(key)
  await fillScenarios(contents, organizations.scenarios)
  await fillState(contents, stateService)
}

/**
 * Adds the configured keys to a server that continues with a stored state, which may be from before they were configured. Seed and
 * scenarios are part of that state. Rejects with a StartError if the file of keys is invalid.
 */
export async function addNewKeys(contents: InitialContents, { keys }: FilledServices): Promise<void> {
  for (const key of await configuredKeys(contents)) {
    if (keys.statusOf(key.key) === undefined) keys.register(key)
  }
}

async function configuredKeys({ keysFile }: InitialContents): Promise<RegisteredKey[]> {
  if (keysFile === undefined) return []
  const { readKeysFile } = await import('../settings/keys-file.ts')
  return readKeysFile(keysFile)
}

async function fillScenarios(
  { scenariosFile, scenarios }: InitialContents,
  rules: ScenarioRules,
): Promise<void> {
  if (scenariosFile === undefined && scenarios === undefined) return
  const { addScenarios, readScenariosFile } = await import('../settings/scenarios-file.ts')
  if (scenariosFile !== undefined) await readScenariosFile(scenariosFile, rules)
  if (scenarios !== undefined) await addScenarios('scenarios', toJsonData('scenarios', scenarios), rules)
}

async function fillState({ seedFile, seed }: InitialContents, stateService: StateService): Promise<void> {
  if (seedFile === undefined && seed === undefined) return
  // A second seed would replace the organizations of the first.
  if (seedFile !== undefined && seed !== undefined)
    throw new UsageError('seed and seedFile cannot be combined')
  const { addSeed, seedFrom } = await import('../settings/seed.ts')
  if (seedFile === undefined) await addSeed('seed', toJsonData('seed', seed), stateService)
  else await seedFrom(seedFile, stateService)
}
