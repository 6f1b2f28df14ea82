import { readFileSync } from 'node:fs'
import t from 'tap'
import { docs, docsOf, version } from '../../src/base/version.ts'

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

t.test('the version is that of package.json', async (t) => {
  t.equal(version, manifest.version)
})

t.test('docs/ of a release is at its tag; a clone does not know the address of its repository', async (t) => {
  const homepage = 'https://github.test/ada/engine#readme'

  t.equal(docsOf({ version: '1.2.3', homepage }), 'https://github.test/ada/engine/tree/v1.2.3/docs')
  t.equal(docs, docsOf(manifest))
  t.equal(docs, 'docs/ in the repository of fake-devin')
})
