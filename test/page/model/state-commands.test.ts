import t from 'tap'
import { basePath, createCommand, uploadCommand } from '../../../src/page/model/state-commands.ts'

const TARGET = { origin: 'http://127.0.0.1:8080', orgId: 'org-1', key: '$DEVIN_API_KEY' }

t.test('records of the enterprise have paths of their own', (t) => {
  t.equal(basePath('org-1'), '/v3/organizations/org-1')
  t.equal(basePath('a/b'), '/v3/organizations/a%2Fb')
  t.equal(basePath('enterprise'), '/v3/enterprise')
  t.end()
})

t.test('a command quotes its body for a shell', (t) => {
  t.equal(
    createCommand(TARGET, '/secrets', { key: "it's" }),
    'curl http://127.0.0.1:8080/v3/organizations/org-1/secrets -H "Authorization: Bearer $DEVIN_API_KEY"' +
      String.raw` -H 'Content-Type: application/json' -d '{"key":"it'\''s"}'`,
  )
  t.end()
})

t.test('a command uploads a file', (t) => {
  t.equal(
    uploadCommand({ ...TARGET, key: 'cog_demo' }),
    'curl http://127.0.0.1:8080/v3/organizations/org-1/attachments -H "Authorization: Bearer cog_demo"' +
      ` -F 'file=@notes.txt'`,
  )
  t.end()
})
