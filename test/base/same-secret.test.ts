import t from 'tap'
import { isSameSecret } from '../../src/base/same-secret.ts'

t.test('secrets are the same if all of their characters are', (t) => {
  t.ok(isSameSecret('über-secret', 'über-secret'))
  for (const other of ['', 'über-secre', 'über-secrets', 'uber-secret', 'xxber-secret', 'ÜBER-SECRET']) {
    t.notOk(isSameSecret(other, 'über-secret'), other)
  }
  t.end()
})
