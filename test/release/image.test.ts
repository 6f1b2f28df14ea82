import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import {
  baseImageIn,
  contextPaths,
  copyContext,
  labelsOf,
  pinDockerfile,
  withBaseImage,
  withLabels,
} from '../../scripts/release/image.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const manifest = JSON.parse(read('package.json'))
const image = baseImageIn(read('scripts/release/base.dockerfile'))
const release = { repository: 'https://github.test/ada/engine', revision: 'c0ffee', image }

t.test('every stage of the released image starts from the pinned digest', async (t) => {
  const pinned = withBaseImage(read('Dockerfile'), image)

  t.match(image, /^node:\d+\.\d+\.\d+-slim@sha256:[0-9a-f]{64}$/)
  const bases = [...pinned.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)
  t.same(bases, [image, image])
})

t.test('a base image without a digest, or another tag than that of the Dockerfile, is refused', async (t) => {
  t.throws(() => baseImageIn('FROM node:24-slim\n'), { message: 'node:24-slim has no tag and digest' })
  t.throws(() => baseImageIn('# nothing\n'), /has no tag and digest/)
  t.throws(() => withBaseImage('FROM node:22-slim\n', image), /the Dockerfile has the base node:22-slim/)
})

t.test('the labels name the image, its version and its source', async (t) => {
  const labels = labelsOf(manifest, release)

  t.match(labels, {
    'org.opencontainers.image.title': 'fake-devin',
    'org.opencontainers.image.version': manifest.version,
    'org.opencontainers.image.revision': 'c0ffee',
    'org.opencontainers.image.source': release.repository,
    'org.opencontainers.image.licenses': 'MIT',
    'org.opencontainers.image.base.digest': image.split('@')[1],
  })
  const documentation = labels['org.opencontainers.image.documentation'] ?? ''
  t.ok(existsSync(join(root, documentation.replace(/^.*?\/blob\/[^/]+\//, ''))), documentation)
})

t.test('a label keeps its quotes, backslashes and dollars', async (t) => {
  t.equal(
    withLabels('FROM scratch\n\n', { a: 'one', b: 'a "quote", a \\ and $HOME' }),
    'FROM scratch\nLABEL \\\n  a="one" \\\n  b="a \\"quote\\", a \\\\ and \\$HOME"\n',
  )
})

t.test('the build context has exactly the files that the Dockerfile copies', async (t) => {
  const folder = t.testdir({})
  copyContext(root, folder)
  const labels = pinDockerfile(folder, manifest, release)

  const copied = [...read('Dockerfile').matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, paths = '']) =>
    paths.split(' '),
  )
  t.ok(copied.includes('src'))
  for (const path of copied) t.ok(existsSync(join(folder, path)), path)
  for (const path of ['test', 'node_modules', '.git', 'dist']) t.notOk(existsSync(join(folder, path)), path)
  const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8')
  t.ok(dockerfile.includes(image))
  for (const name of Object.keys(labels)) t.ok(dockerfile.includes(`\n  ${name}="`), name)
})

t.test('a .dockerignore that is not a list of exceptions is refused', async (t) => {
  t.same(contextPaths('# all\n*\n!src\n!package.json\n'), ['src', 'package.json'])
  for (const text of ['!src\n', '*\nsrc\n', '*\n!src/**\n'])
    t.throws(() => contextPaths(text), /not \* and a list/, text)
})
