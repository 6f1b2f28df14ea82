// Tests the entry points and types of the packed package: every way of importing, common TypeScript settings,
// a bundler, and a Node that is too old.
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { install, LINTERS, lint, run, withPacked } from './packed.mjs'

const TOOLS = [...LINTERS, 'esbuild@0.28', 'node@22.19.0']

/** The oldest TypeScript version tested, the last one before 6, 6, and the native compiler. */
const COMPILERS = ['5.0', '5.9', '6.0', '7.0']

const SETTINGS = [
  'node16',
  'node18',
  'node20',
  'nodenext',
  'commonjs --moduleResolution node10',
  'esnext --moduleResolution bundler',
]

/** Values of `--module` that a compiler version does not support, or not with the resolution in SETTINGS. */
const UNKNOWN = { '5.0': ['node18', 'node20'], '7.0': ['commonjs'] }

const TYPED = `
import { connectFakeDevin, type FakeDevin, FakeDevinError, StartError, startFakeDevin } from 'fake-devin'
export async function use(): Promise<unknown[]> {
  const devin: FakeDevin = await startFakeDevin({ speed: 'instant', seed: { organizations: [] } })
  const { requests } = await devin.requests.list({ method: 'POST' })
  const path: string | undefined = requests[0]?.path
  await connectFakeDevin(devin.url, { token: 't' }).close()
  return [path, new FakeDevinError('x').status, StartError]
}
`

/** Uses the types of the helpers for suites. Those of testcontainers need @types/node and a current TypeScript. */
const SUITES = `
import setup, { globalSetup, globalTeardown, mochaGlobalSetup, mochaGlobalTeardown } from 'fake-devin/global-setup'
import { FakeDevinContainer, type FakeDevinContainerOptions, type StartedFakeDevinContainer } from 'fake-devin/testcontainers'
import type { FakeDevin } from 'fake-devin'
export const close: Promise<() => Promise<void>> = setup()
export const others = [globalSetup, globalTeardown, mochaGlobalSetup, mochaGlobalTeardown]
const options: FakeDevinContainerOptions = { speed: 'instant', seed: { organizations: [] } }
export async function use(): Promise<string> {
  const container: StartedFakeDevinContainer = await new FakeDevinContainer().withOptions(options).withReuse().start()
  const devin: FakeDevin = container.connect({ token: 't' })
  // @ts-expect-error
  new FakeDevinContainer('fake-devin').withOptions({ port: 1 })
  // @ts-expect-error
  new FakeDevinContainer('fake-devin').withOptions({ sped: 1 })
  return container.url + devin.url
}
`

const REQUIRED = `
import library = require('fake-devin')
export const start = library.startFakeDevin
export const load = async () => (await import('fake-devin')).startFakeDevin
`

const USED = `startFakeDevin().then((devin) => devin.close()).then(() => console.log('closed'))`

/** What a user bundles. The bundle has no folder with the page beside it. */
const BUNDLED = `
import { startFakeDevin } from 'fake-devin'
startFakeDevin().then(async (devin) => {
  console.log((await devin.fetch('/_fake/')).status)
  await devin.close()
})
`

const FILES = {
  'typed.ts': TYPED,
  'typed.mts': TYPED,
  'required.cts': REQUIRED,
  'suites.mts': SUITES,
  'suites.cts': SUITES.replace('import setup, {', 'import { default as setup,'),
  'suites.ts': SUITES.replace('import setup, {', 'import { default as setup,'),
  'import.mjs': `import { startFakeDevin } from 'fake-devin'\n${USED}`,
  'require.cjs': `const { startFakeDevin } = require('fake-devin')\n${USED}`,
  'bundled.mjs': BUNDLED,
  'later.cjs': `import('fake-devin').then(({ startFakeDevin }) => ${USED})`,
}

const bin = (folder, name) => join(folder, 'node_modules/.bin', name)

await withPacked(
  [...TOOLS, ...COMPILERS.map((version) => `typescript-${version}@npm:typescript@${version}`)],
  async (folder, tarball) => {
    for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text)
    await lint(folder, tarball)
    console.log('ok - publint and attw find nothing')
    for (const version of COMPILERS) await compile(folder, version)
    // It brings @types/node, without which the types of the library have to compile.
    await install(folder, ['testcontainers@12'])
    for (const version of COMPILERS.slice(1)) await compileSuites(folder, version)
    await importEverywhere(folder, bin(folder, 'node'), '22.19.0, the oldest')
    await importEverywhere(folder, process.execPath, process.versions.node)
    await bundle(folder)
    for (const version of ['18', '20']) await refuse(folder, version)
  },
)

async function compile(folder, version) {
  const tsc = join(folder, `node_modules/typescript-${version}/bin/tsc`)
  const options =
    '--noEmit --strict --exactOptionalPropertyTypes --skipLibCheck false --target es2022 --lib es2022'
  for (const setting of SETTINGS) {
    const [module] = setting.split(' ')
    if (UNKNOWN[version]?.includes(module)) continue
    const files = module.startsWith('node') ? ['typed.ts', 'typed.mts', 'required.cts'] : ['typed.ts']
    const old = version === '6.0' && module === 'commonjs' ? ['--ignoreDeprecations', '6.0'] : []
    const args = [...options.split(' '), ...old, '--module', ...setting.split(' '), ...files]
    await run(process.execPath, [tsc, ...args], { cwd: folder })
  }
  console.log(`ok - TypeScript ${version} compiles every kind of import, without @types/node`)
}

async function compileSuites(folder, version) {
  const tsc = join(folder, `node_modules/typescript-${version}/bin/tsc`)
  const options = '--noEmit --strict --exactOptionalPropertyTypes --skipLibCheck --target es2022 --types node'
  for (const setting of SETTINGS) {
    // Later versions do not have it, or say that it will be removed.
    if (Number(version) >= 6 && setting.endsWith('node10')) continue
    const files = setting.startsWith('n') ? ['suites.mts', 'suites.cts'] : ['suites.ts']
    const args = [...options.split(' '), '--module', ...setting.split(' '), ...files]
    await run(process.execPath, [tsc, ...args], { cwd: folder })
  }
  console.log(`ok - TypeScript ${version} compiles the helpers for suites`)
}

async function importEverywhere(folder, node, version) {
  for (const file of ['import.mjs', 'require.cjs', 'later.cjs']) {
    const { stdout } = await run(node, [file], { cwd: folder })
    assert.equal(stdout, 'closed\n', `${file} on ${version}`)
  }
  console.log(`ok - Node ${version} imports it in every way`)
}

/** Bundles the package with esbuild and runs the bundle. */
async function bundle(folder) {
  const out = join(folder, 'bundled/out.cjs')
  await run(bin(folder, 'esbuild'), ['bundled.mjs', '--bundle', '--platform=node', `--outfile=${out}`], {
    cwd: folder,
  })
  const { stdout } = await run(process.execPath, [out])
  assert.equal(stdout, '501\n')
  console.log('ok - esbuild bundles it, without the page')
}

async function refuse(folder, version) {
  await install(folder, [`node@${version}`])
  const command = join(folder, 'node_modules/fake-devin/dist/cli.cjs')
  for (const args of [['import.mjs'], ['require.cjs'], [command, '--version']]) {
    const { stderr = '' } = await run(bin(folder, 'node'), args, { cwd: folder }).catch((error) => error)
    assert.match(stderr, new RegExp(`fake-devin needs Node\\.js 22\\.19 or later, and this is ${version}\\.`))
  }
  console.log(`ok - Node ${version} is refused with a clear message`)
}
