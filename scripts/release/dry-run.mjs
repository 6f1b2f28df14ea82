// Does everything of a release except publishing, into the folder release/, and checks it. The workflow of a release runs the same
// command on a tag, and publishes that folder. docs/releasing.md describes both.
import { createHash } from 'node:crypto'
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { LINTERS, lint, root, run, withInstalled } from '../packed.mjs'
import { contradictions, textOf } from './changelog.ts'
import { baseImageIn, copyContext, pinDockerfile } from './image.ts'
import { problemsOfServer } from './openapi.ts'
import {
  isPlaceholder,
  publishedManifest,
  repositoryOf,
  withAbsoluteLinks,
  withRepository,
} from './repository.ts'
import { packagesNamedIn, schemaErrors, unconfirmed } from './sbom-check.ts'

const { env } = process
const read = (...path) => readFileSync(join(root, ...path), 'utf8')
const release = join(root, 'release')
/** The tag that is released, or undefined in a trial. */
const tag = env.GITHUB_REF_TYPE === 'tag' ? env.GITHUB_REF_NAME : undefined
const ownManifest = JSON.parse(read('package.json'))
const repository = repositoryOf(ownManifest, env)
const manifest = withRepository(ownManifest, repository)
const { version } = manifest
const tarball = join(release, `fake-devin-${version}.tgz`)
const sbom = join(release, `fake-devin-${version}.cdx.json`)
const notes = join(release, 'notes.md')
const context = join(release, 'image')
const started = performance.now()

/** Prints what is checked or made next. */
function step(text) {
  console.log(`[${((performance.now() - started) / 1000).toFixed(0).padStart(3)} s] ${text}`)
}

/** Prints the problems and exits with 1, if there are any. */
function exitOnAny(problems, what) {
  if (problems.length === 0) return
  for (const problem of problems) console.error(`not ok - ${what}: ${problem}`)
  process.exit(1)
}

/** Returns a page with links into the repository at the tag, for places outside of it. */
function outside(page) {
  return withAbsoluteLinks(page, {
    repository,
    ref: `v${version}`,
    kindOf: (path) => {
      const found = statSync(join(root, path), { throwIfNoEntry: false })
      return found === undefined ? undefined : found.isDirectory() ? 'folder' : 'file'
    },
  })
}

function checkVersions() {
  step(tag === undefined ? `version ${version}, a trial without a tag` : `version ${version}, tag ${tag}`)
  const { version: lockedVersion } = JSON.parse(read('package-lock.json'))
  const changelog = read('CHANGELOG.md')
  exitOnAny(contradictions({ version, lockedVersion, changelog, tag }), 'versions')
  if (tag !== undefined && isPlaceholder(repository))
    exitOnAny([`${repository} is a placeholder`], 'repository')
  writeFileSync(notes, `${outside(textOf({ version, changelog, tag }))}\n`)
}

/** Makes the folder that `docker build` gets, and builds in it, so that package and image have the same code. */
async function build() {
  step('building')
  copyContext(root, context)
  writeFileSync(join(context, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  symlinkSync(join(root, 'node_modules'), join(context, 'node_modules'))
  await run(process.execPath, [join(context, 'scripts/build.mjs')], { cwd: context })
  rmSync(join(context, 'node_modules'))
  mkdirSync(join(release, 'package'))
  renameSync(join(context, 'dist'), join(release, 'package/dist'))
}

async function pack() {
  step('packing')
  const folder = join(release, 'package')
  renameSync(join(folder, 'dist/sbom.cdx.json'), sbom)
  for (const page of ['README.md', 'CHANGELOG.md']) writeFileSync(join(folder, page), outside(read(page)))
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`)
  await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', release], { cwd: folder })
}

async function checkPackage() {
  step('checking the package: publint, attw, an installation, npm publish --dry-run')
  await withInstalled(tarball, LINTERS, async (folder) => {
    await lint(folder, tarball)
    const { stdout } = await run(join(folder, 'node_modules/.bin/fake-devin'), ['--version'])
    exitOnAny(stdout === `${version}\n` ? [] : [`the installed command prints ${stdout}`], 'package')
  })
  // The provenance is made by a runner; elsewhere npm refuses to try.
  await run('npm', ['publish', '--dry-run', '--provenance=false', tarball], { cwd: release })
}

async function checkSbom() {
  step('checking the SBOM: the schema of CycloneDX, the code, npm sbom')
  const own = JSON.parse(readFileSync(sbom, 'utf8'))
  exitOnAny(schemaErrors(own), 'SBOM')
  const dist = join(release, 'package/dist')
  const files = readdirSync(dist).filter((name) => name.endsWith('.cjs'))
  const named = packagesNamedIn(files.map((name) => readFileSync(join(dist, name), 'utf8')).join('\n'))
  if (named.size === 0) exitOnAny(['the code has no comments that name its modules any more'], 'SBOM')
  const known = new Set(
    own.components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`)),
  )
  exitOnAny(
    [...named.difference(known)].map((name) => `it lacks ${name}, which the code contains`),
    'SBOM',
  )
  const { stdout } = await run('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'], {
    cwd: root,
  })
  exitOnAny(
    unconfirmed(own, JSON.parse(stdout)).map((purl) => `npm sbom does not know ${purl}`),
    'SBOM',
  )
  return own.components.length
}

async function checkDocuments() {
  step('linting the OpenAPI documents that the built program serves')
  const { startFakeDevin } = createRequire(import.meta.url)(join(release, 'package/dist/library.cjs'))
  const server = await startFakeDevin()
  try {
    exitOnAny(await problemsOfServer(server.url), 'OpenAPI')
  } finally {
    await server.close()
  }
}

async function prepareImage() {
  step('preparing the image')
  const revision = env.GITHUB_SHA ?? (await run('git', ['rev-parse', 'HEAD'], { cwd: root })).stdout.trim()
  const image = baseImageIn(read('scripts/release/base.dockerfile'))
  const labels = pinDockerfile(context, manifest, { repository, revision, image })
  // For the annotations of the index that joins the platforms.
  writeFileSync(join(release, 'labels.json'), `${JSON.stringify(labels, null, 2)}\n`)
}

/** Writes the checksums of the files that a release offers, and prints what was made. */
function summarize(components) {
  const files = [tarball, sbom]
  const sums = files.map((path) => `${hashOf(path)}  ${path.slice(release.length + 1)}\n`)
  writeFileSync(join(release, 'SHA256SUMS'), sums.join(''))
  const [packed, described] = files.map((path) => statSync(path).size)
  console.log(`
In release/, of ${repository}:
  fake-devin-${version}.tgz       the npm package, ${packed} bytes
  fake-devin-${version}.cdx.json  its SBOM (CycloneDX 1.6), ${components} packages, ${described} bytes
  SHA256SUMS                 the checksums of both
  labels.json                the labels of the image, which are also the annotations of its index
  notes.md                   the text of the release, ${readFileSync(notes, 'utf8').split('\n').length} lines
  image/                     what docker build gets: sources, and a Dockerfile with digest and labels. No image was built.
  package/                   what was packed
Nothing was published.${isPlaceholder(repository) ? ' The repository is a placeholder: GITHUB_SERVER_URL and GITHUB_REPOSITORY are not set.' : ''}`)
}

function hashOf(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

rmSync(release, { recursive: true, force: true })
mkdirSync(context, { recursive: true })
checkVersions()
await build()
await pack()
await checkPackage()
const components = await checkSbom()
await checkDocuments()
await prepareImage()
summarize(components)
