/** The engines of databases. */
export type Engine = 'sqlite' | 'postgres'

/**
 * The versions of the schema, oldest first: the names of the migrations in `migrations.ts`, which is loaded only for a database that is not
 * up to date. They sort in this order.
 */
export const SCHEMA_VERSIONS: readonly string[] = ['0001_entries']

/** The table with the names of the migrations that were applied. */
export const MIGRATIONS_TABLE = 'fake_devin_migrations'

/** How the schema of a database relates to the one that this program uses. */
export type SchemaState = 'current' | 'older' | 'newer' | 'empty'

/** Returns the state of a database with these migrations. It is newer if one of them is unknown. */
export function schemaState(applied: readonly string[], versions = SCHEMA_VERSIONS): SchemaState {
  if (applied.length === 0) return 'empty'
  if (applied.some((name) => !versions.includes(name))) return 'newer'
  return applied.length < versions.length ? 'older' : 'current'
}

/** Returns the error message for a database with a newer schema. */
export function newerSchema(where: string): string {
  return `${where} was written by a newer version of fake-devin: update this one`
}
