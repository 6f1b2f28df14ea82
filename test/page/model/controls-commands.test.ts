import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import t from 'tap'
import { clientSettings } from '../../../src/page/model/controls-commands.ts'
import { wordOf } from '../../../src/page/model/shell.ts'
import { childEnvironment } from '../../child-environment.ts'

t.test('the commands for a client set an address, an organization and a key', (t) => {
  t.equal(
    clientSettings('http://127.0.0.1:8080', 'org-1', 'cog_demo'),
    'export DEVIN_API_URL=http://127.0.0.1:8080\nexport DEVIN_ORG_ID=org-1\nexport DEVIN_API_KEY=cog_demo',
  )
  t.end()
})

t.test('property: a shell reads any quoted text as one word', { skip: process.platform === 'win32' }, (t) => {
  const text = fc.string({
    unit: fc.constantFrom('a', ' ', "'", '"', '$', '`', '\\', '\n', ';', '!'),
    minLength: 1,
  })
  fc.assert(
    fc.property(
      text,
      (given) =>
        execFileSync('sh', ['-c', `printf %s ${wordOf(given)}`], {
          encoding: 'utf8',
          env: childEnvironment(),
        }) === given,
    ),
    { numRuns: 30 },
  )
  t.equal(wordOf(''), "''")
  t.end()
})
