import { readFileSync } from 'node:fs'
import t from 'tap'
import { clientVariables } from '../../src/suites/client-variables.ts'

const connection = { url: 'http://127.0.0.1:8080', v3Key: 'cog_demo', key: 'apk_user_demo', orgId: 'org-1' }

t.test('clients get every variable that the README names, and tests get the URL', async (t) => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const named = [...readme.matchAll(/^export (DEVIN_\w+)=/gm)].map(([, name]) => name)

  t.same(Object.keys(clientVariables(connection)), ['FAKE_DEVIN_URL', ...named])
})

t.test('the key is a v3 key, or a v1 key if only that works', async (t) => {
  t.match(clientVariables(connection), { DEVIN_API_KEY: 'cog_demo', DEVIN_ORG_ID: 'org-1' })
  t.match(clientVariables({ ...connection, v3Key: '' }), { DEVIN_API_KEY: 'apk_user_demo' })
})
