// What src/settings/ repeats instead of importing it: every command would load the modules that own it.
import Fastify from 'fastify'
import t from 'tap'
import { BODY_LIMITS } from '../../src/app.ts'
import { engineOf } from '../../src/database/open.ts'
import { limitConnections } from '../../src/hooks/connections.ts'
import { Journals } from '../../src/journal/journals.ts'
import { STORE } from '../../src/settings/flag-values.ts'
import { LIMIT_FLAGS } from '../../src/settings/limit-flags.ts'
import { StoreQuota } from '../../src/store/store-quota.ts'

t.test('the defaults of the flags equal those of a server without flags', (t) => {
  const app = Fastify()
  limitConnections(app)
  const { limits: store } = new StoreQuota()
  const { limits: journal } = new Journals()

  t.same(Object.fromEntries(Object.entries(LIMIT_FLAGS).map(([name, flag]) => [name, flag.default])), {
    maxJsonBytes: BODY_LIMITS.json,
    maxUploadBytes: BODY_LIMITS.form,
    maxRecords: store.records,
    maxStoredBytes: store.bytes,
    maxConnections: app.server.maxConnections,
    journalEntries: journal.entries,
    journalBytes: journal.bytes,
  })
  t.end()
})

t.test('the flag accepts the URLs for which there is an engine', (t) => {
  const hasEngine = (location: string) => {
    try {
      return engineOf(location) !== undefined
    } catch {
      return false
    }
  }
  for (const location of [
    'postgres://host/name',
    'PostgreSQL://user:password@host',
    'postgresq://host',
    'mysql://host',
    'x+y.z-1://host',
    '1x://host',
    'C:\\store.db',
    './store.db',
  ]) {
    t.equal(STORE.parse(location) !== undefined, hasEngine(location), location)
  }
  t.end()
})
