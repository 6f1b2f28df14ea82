import { existsSync, readFileSync, statSync } from 'node:fs'
import t from 'tap'
import {
  isPlaceholder,
  type LinkBase,
  publishedManifest,
  repositoryOf,
  withAbsoluteLinks,
  withRepository,
} from '../../scripts/release/repository.ts'
import { docs, docsOf } from '../../src/base/version.ts'
import { linksOf } from '../markdown.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const manifest = JSON.parse(read('package.json'))

const RUNNER = { GITHUB_SERVER_URL: 'https://github.test', GITHUB_REPOSITORY: 'ada/engine' }
const REPOSITORY = 'https://github.test/ada/engine'

const base: LinkBase = {
  repository: REPOSITORY,
  ref: 'v1.2.3',
  kindOf: (path) => {
    if (!existsSync(new URL(path, root))) return undefined
    return statSync(new URL(path, root)).isDirectory() ? 'folder' : 'file'
  },
}

t.test('package.json names one repository, by a placeholder, and is complete', async (t) => {
  const repository = repositoryOf(manifest, {})

  t.ok(isPlaceholder(repository))
  t.same(withRepository(manifest, repository), manifest)
  t.ok(manifest.keywords.length >= 5)
  t.same(manifest.publishConfig, { access: 'public', provenance: true })
})

t.test('a release names the repository that it runs in', async (t) => {
  const repository = repositoryOf(manifest, RUNNER)
  const filled = withRepository(manifest, repository)

  t.equal(repository, REPOSITORY)
  t.notOk(isPlaceholder(repository))
  t.match(filled, {
    homepage: `${REPOSITORY}#readme`,
    bugs: { url: `${REPOSITORY}/issues` },
    repository: { type: 'git', url: `git+${REPOSITORY}.git` },
  })
  t.notMatch(JSON.stringify(filled), 'OWNER')
})

t.test('the published package.json has no members for development', async (t) => {
  const published = publishedManifest(manifest)

  const development = ['scripts', 'devDependencies', 'overrides', 'allowScripts', 'tap']
  for (const name of Object.keys(manifest)) {
    t.same(published[name], development.includes(name) ? undefined : manifest[name], name)
  }
  for (const name of development) t.notOk(name in published, name)
})

t.test('--help names docs/ of the version at the repository of the release', async (t) => {
  const { homepage } = withRepository(manifest, REPOSITORY)

  t.equal(docsOf({ version: '1.2.3', homepage }), `${REPOSITORY}/tree/v1.2.3/docs`)
  t.equal(docs, 'docs/ in the repository of fake-devin', 'a clone has no address')
})

t.test('relative links become absolute, with their anchors, and others stay', async (t) => {
  const page = [
    '[a file](docs/tls.md#behind) [a folder](examples/) ![an image](docs/images/state.png)',
    '[![both](docs/images/state.png)](docs/page.md#state)',
    '[here](#flags) [there](https://example.test/) [mail](mailto:a@example.test)',
  ].join('\n')

  t.equal(
    withAbsoluteLinks(page, base),
    [
      `[a file](${REPOSITORY}/blob/v1.2.3/docs/tls.md#behind) [a folder](${REPOSITORY}/tree/v1.2.3/examples) ![an image](${REPOSITORY}/raw/v1.2.3/docs/images/state.png)`,
      `[![both](${REPOSITORY}/raw/v1.2.3/docs/images/state.png)](${REPOSITORY}/blob/v1.2.3/docs/page.md#state)`,
      '[here](#flags) [there](https://example.test/) [mail](mailto:a@example.test)',
    ].join('\n'),
  )
})

t.test('a link to a missing file is refused', async (t) => {
  t.throws(() => withAbsoluteLinks('[no](docs/no.md)', base), {
    message: 'a link leads to docs/no.md, which does not exist',
  })
})

for (const page of ['README.md', 'CHANGELOG.md']) {
  t.test(`${page} of the package has no relative link`, async (t) => {
    const links = linksOf(withAbsoluteLinks(read(page), base))

    t.ok(links.length > 10)
    t.same(
      links.filter((link) => !/^(?:https:|#)/.test(link)),
      [],
    )
  })
}
