import { readFileSync } from 'node:fs'
import t from 'tap'

const read = (path: string) => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'))

interface LockedPackage {
  readonly dev?: boolean
  readonly devOptional?: boolean
  readonly hasInstallScript?: boolean
  readonly integrity?: string
  readonly resolved?: string
}

const manifest = read('package.json')
const { '': own, ...locked } = read('package-lock.json').packages as Record<string, LockedPackage>

t.test('installing the package installs nothing else and runs nothing', async (t) => {
  for (const name of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies']) {
    t.notOk(name in manifest, name)
  }
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
    t.notOk(name in manifest.scripts, name)
  t.notOk(own?.hasInstallScript)
  for (const [path, { dev, devOptional }] of Object.entries(locked)) t.ok(dev || devOptional, path)
})

t.test('only one development package runs an install script, and it is allowed by name', async (t) => {
  const scripted = Object.entries(locked).filter(([, { hasInstallScript }]) => hasInstallScript)

  t.same(
    scripted.map(([path]) => path.replace(/^.*node_modules\//, '')),
    Object.keys(manifest.allowScripts),
  )
})

t.test('every package is pinned by its content, not by its origin', async (t) => {
  for (const [path, { integrity, resolved }] of Object.entries(locked)) {
    t.match(integrity, /^sha512-/, path)
    t.equal(resolved, undefined, path)
  }
})
