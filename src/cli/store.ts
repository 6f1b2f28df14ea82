import { describeLocation } from '../database/open.ts'
import { newerSchema, type SchemaState } from '../database/schema.ts'
import { checkStore, migrateStore } from '../database/store.ts'
import { refuseStore } from '../server/open-store.ts'
import type { Config } from '../settings/config.ts'
import { MEMORY } from '../settings/flag-values.ts'
import { UsageError } from '../settings/start-error.ts'
import type { ProcessIo } from './run.ts'

/** What to tell the user about a store without the tables of this program. */
const OUTDATED: Readonly<Record<Exclude<SchemaState, 'current' | 'newer'>, string>> = {
  empty: 'is empty: start a server or run fake-devin store migrate to create its tables',
  older:
    'was written by an older version of fake-devin: start a server or run fake-devin store migrate to migrate it',
}

/** The maximum number of damages to print. */
const DAMAGES_MAX = 20

/**
 * `fake-devin store check`: exits with 0 when a store is up to date and undamaged, else with 1 and the reasons. `fake-devin store migrate`:
 * brings it up to date.
 */
export async function store(
  { argument, store: location }: Pick<Config, 'argument' | 'store'>,
  io: Pick<ProcessIo, 'stdout' | 'stderr'>,
): Promise<number> {
  if (location === MEMORY) {
    throw new UsageError('store takes --store or FAKE_DEVIN_STORE: the path of a file, or postgres://…')
  }
  const run = argument === 'check' ? check : migrate
  return run(location, io).catch(refuseStore)
}

async function check(
  location: string,
  { stdout, stderr }: Pick<ProcessIo, 'stdout' | 'stderr'>,
): Promise<number> {
  const where = describeLocation(location)
  const { schema, rows } = await checkStore(location)
  if (schema !== 'current') {
    const reason = schema === 'newer' ? newerSchema(where) : `${where} ${OUTDATED[schema]}`
    stderr.write(`fake-devin: ${reason}\n`)
    return 1
  }
  const { damagesOf } = await import('../persistence/check.ts')
  const damages = await damagesOf(location)
  if (damages.length > 0) {
    for (const damage of damages.slice(0, DAMAGES_MAX))
      stderr.write(`fake-devin: ${where} is damaged: ${damage}\n`)
    const more = damages.length - DAMAGES_MAX
    if (more > 0) stderr.write(`fake-devin: and ${more} more\n`)
    return 1
  }
  const counts = Object.entries(rows).map(([kind, count]) => `  ${kind.padEnd(22)}${count}\n`)
  stdout.write(`${where} is up to date\n${counts.join('')}`)
  return 0
}

async function migrate(location: string, { stdout }: Pick<ProcessIo, 'stdout'>): Promise<number> {
  await migrateStore(location)
  stdout.write(`${describeLocation(location)} is up to date\n`)
  return 0
}
