import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import { rolldown } from 'rolldown'
import t, { type Test } from 'tap'
import { bundledPackages } from '../../scripts/build/packages.mjs'
import { sbomOf } from '../../scripts/build/sbom.mjs'
import { packagesNamedIn, schemaErrors, unconfirmed } from '../../scripts/release/sbom-check.ts'

const MANIFEST = {
  name: 'fake-devin',
  version: '1.2.3',
  description: 'A fake',
  license: 'MIT',
  devDependencies: { one: '^1.0.0', '@a/two': '^2.0.0', unused: '^1.0.0' },
}

/** Code that a bundler cannot make a part of another module. */
const THREE = 'let calls = 0\nexport default function count() {\n  calls += 1\n  return calls\n}\n'

/** Returns the folder of a package whose code is `code`. */
function installed(name: string, version: string, code: string, more: object = {}) {
  const manifest = { name, version, license: 'MIT', main: 'index.js', ...more }
  return { 'package.json': JSON.stringify(manifest), 'index.js': code }
}

/** Bundles a project with rolldown, and returns the packages in the bundle, and its code. */
async function bundled(t: Test) {
  const root = realpathSync(
    t.testdir({
      'main.js': "import one from 'one'\nimport two from '@a/two'\nconsole.log(one, two)\n",
      node_modules: {
        one: {
          ...installed('one', '1.0.1', "import three from 'three'\nexport default three()\n", {
            dependencies: { three: '^3.0.0', types: '^1.0.0' },
          }),
          node_modules: {
            three: installed('three', '3.0.3', THREE, {
              license: '(BSD-3-Clause OR GPL-2.0)',
            }),
          },
        },
        '@a': {
          two: installed('@a/two', '2.0.2', "import three from 'three'\nexport default three()\n", {
            dependencies: { three: '^4.0.0' },
          }),
        },
        three: installed('three', '4.0.4', THREE),
        unused: installed('unused', '1.0.0', 'export default 1\n'),
        '@fastify': { 'swagger-ui': installed('@fastify/swagger-ui', '6.0.0', '') },
      },
    }),
  )
  const build = await rolldown({ cwd: root, input: 'main.js', resolve: { symlinks: false } })
  const { output } = await build.generate({ format: 'cjs', comments: false })
  await build.close()
  return { packages: bundledPackages(root, output), code: output[0].code, root }
}

/** Returns a lock file for the packages. */
function lockFileOf(packages: readonly { path: string; version: string }[]) {
  return Object.fromEntries(
    packages.map(({ path, version }) => [
      path,
      { version, integrity: `sha512-${createHash('sha512').update(path).digest('base64')}` },
    ]),
  )
}

t.test(
  'the SBOM lists exactly the packages that were bundled or copied, with version, licence and hash',
  async (t) => {
    const { packages, root } = await bundled(t)
    const sbom = sbomOf({ manifest: MANIFEST, locked: lockFileOf(packages), packages })

    t.same(
      sbom.components.map(({ purl }) => purl),
      [
        'pkg:npm/%40a/two@2.0.2',
        'pkg:npm/%40fastify/swagger-ui@6.0.0',
        'pkg:npm/one@1.0.1',
        'pkg:npm/three@3.0.3',
        'pkg:npm/three@4.0.4',
        'pkg:npm/swagger-ui-dist@5.34.0',
      ],
    )
    const three = sbom.components.find(({ version }) => version === '3.0.3')
    t.match(three, {
      name: 'three',
      licenses: [{ expression: '(BSD-3-Clause OR GPL-2.0)' }],
      hashes: [
        {
          alg: 'SHA-512',
          content: createHash('sha512').update('node_modules/one/node_modules/three').digest('hex'),
        },
      ],
    })
    t.match(sbom.components[0], { group: '@a', name: 'two', licenses: [{ license: { id: 'MIT' } }] })
    t.match(sbom.metadata.component, {
      name: 'fake-devin',
      version: '1.2.3',
      purl: 'pkg:npm/fake-devin@1.2.3',
    })
    t.notMatch(JSON.stringify(sbom), root, 'no path of the machine')
  },
)

t.test('the SBOM says which package needs which version', async (t) => {
  const { packages } = await bundled(t)
  const { dependencies } = sbomOf({ manifest: MANIFEST, locked: lockFileOf(packages), packages })

  t.same(Object.fromEntries(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn])), {
    'pkg:npm/fake-devin@1.2.3': ['pkg:npm/%40a/two@2.0.2', 'pkg:npm/one@1.0.1'],
    'pkg:npm/%40a/two@2.0.2': ['pkg:npm/three@4.0.4'],
    'pkg:npm/%40fastify/swagger-ui@6.0.0': ['pkg:npm/swagger-ui-dist@5.34.0'],
    'pkg:npm/one@1.0.1': ['pkg:npm/three@3.0.3'],
    'pkg:npm/three@3.0.3': [],
    'pkg:npm/three@4.0.4': [],
  })
})

t.test('the SBOM is valid against the CycloneDX schema, and reproducible', async (t) => {
  const { packages } = await bundled(t)
  const locked = lockFileOf(packages)
  const sbom = sbomOf({ manifest: MANIFEST, locked, packages })

  t.same(schemaErrors(sbom), [])
  t.equal(JSON.stringify(sbom), JSON.stringify(sbomOf({ manifest: MANIFEST, locked, packages })))
})

t.test('the schema refuses a wrong document', async (t) => {
  t.match(schemaErrors({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [{ name: 'a' }] }), [
    /'type'/,
  ])
  t.not(schemaErrors({}).length, 0)
})

t.test('two bundled copies of one version of a package are one component', async (t) => {
  const one = { name: 'one', version: '1.0.0', license: 'MIT', dependencies: {} }
  const packages = ['node_modules/one', 'node_modules/b/node_modules/one'].map((path) => ({ ...one, path }))
  const sbom = sbomOf({ manifest: MANIFEST, locked: lockFileOf(packages), packages })

  t.equal(sbom.components.length, 1)
  t.same(schemaErrors(sbom), [])
})

t.test('a bundled package that is not locked in this version is refused', async (t) => {
  const packages = [
    { name: 'one', version: '1.0.0', license: 'MIT', dependencies: {}, path: 'node_modules/one' },
  ]
  const other = { 'node_modules/one': { version: '1.0.1', integrity: 'sha512-AAAA' } }
  const weak = { 'node_modules/one': { version: '1.0.0', integrity: 'sha1-AAAA' } }

  for (const locked of [{}, other]) {
    t.throws(() => sbomOf({ manifest: MANIFEST, locked, packages }), /package-lock\.json has no one 1\.0\.0/)
  }
  t.throws(() => sbomOf({ manifest: MANIFEST, locked: weak, packages }), /locked by sha1/)
})

t.test('the code of a bundle names the packages in it', async (t) => {
  const { code } = await bundled(t)

  t.same([...packagesNamedIn(code)].sort(), ['@a/two', 'one', 'three'])
})

t.test('a component that npm does not know with the same hash is found', async (t) => {
  const one = { purl: 'pkg:npm/one@1.0.0', hashes: [{ alg: 'SHA-512', content: 'a' }] }
  const copied = { purl: 'pkg:npm/swagger-ui-dist@5.0.0' }
  const other = { ...one, hashes: [{ alg: 'SHA-512', content: 'b' }] }

  t.same(unconfirmed({ components: [one, copied] }, { components: [one] }), [])
  for (const components of [[], [other]])
    t.same(unconfirmed({ components: [one] }, { components }), [one.purl])
})

t.test('the path of a package equals the one in the lock file', async (t) => {
  const { packages, root } = await bundled(t)

  for (const { path, folder } of packages) t.equal(folder, join(root, path.replaceAll('/', sep)))
})
