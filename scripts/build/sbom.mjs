// The software bill of materials: the packages that are bundled, in CycloneDX 1.6. Scanners find no package.json in the published code,
// and `npm sbom` finds no dependencies, so this file is the only one that names them. It is the same in every build of the same lock file.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lockedPath } from '../setup/packages.mjs'
import { SWAGGER_UI } from './licenses.mjs'

/** Writes `dist/sbom.cdx.json` for the packages of `bundledPackages`. It is part of the image, but not of the npm package. */
export function writeSbom(root, packages) {
  const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'))
  const sbom = sbomOf({
    manifest: read('package.json'),
    locked: read('package-lock.json').packages,
    packages,
  })
  writeFileSync(join(root, 'dist/sbom.cdx.json'), `${JSON.stringify(sbom, null, 1)}\n`)
}

/**
 * Returns the document. `locked` are the entries of package-lock.json, which have the hashes. Throws if one lacks a package, or has
 * another version of it than the bundle.
 */
export function sbomOf({ manifest, locked, packages }) {
  const own = purlOf(manifest)
  const components = new Map(packages.map((one) => [purlOf(one), componentOf(one, locked[one.path])]))
  const swaggerUi = swaggerUiOf(packages)
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: {
        type: 'application',
        'bom-ref': own,
        ...nameOf(manifest),
        description: manifest.description,
        licenses: licensesOf(manifest),
        purl: own,
      },
    },
    components: [...components.values(), ...swaggerUi.map(({ component }) => component)],
    dependencies: dependenciesOf({ own, manifest, locked, packages, swaggerUi }),
  }
}

/** Returns the packages that each package depends on. A package that is installed twice in one version is one component. */
function dependenciesOf({ own, manifest, locked, packages, swaggerUi }) {
  const purls = new Map(packages.map((one) => [one.path, purlOf(one)]))
  const needed = new Map([[own, []], ...[...purls.values()].map((purl) => [purl, []])])
  for (const one of packages) {
    if (one.path === `node_modules/${one.name}` && one.name in manifest.devDependencies)
      needed.get(own).push(purlOf(one))
    for (const name of Object.keys(one.dependencies)) {
      needed.get(purlOf(one)).push(purls.get(lockedPath(name, one.path, locked)))
    }
  }
  for (const { from, component } of swaggerUi) needed.get(purlOf(from)).push(component.purl)
  return [...needed].map(([ref, on]) => ({ ref, dependsOn: [...new Set(on.filter(Boolean))].sort() }))
}

function componentOf({ path, ...one }, entry) {
  if (entry?.version !== one.version)
    throw new Error(`package-lock.json has no ${one.name} ${one.version} at ${path}`)
  const [algorithm, hash] = entry.integrity.split(/-(.*)/s)
  if (algorithm !== 'sha512') throw new Error(`${one.name} is locked by ${algorithm}, not by sha512`)
  const purl = purlOf(one)
  return {
    type: 'library',
    'bom-ref': purl,
    ...nameOf(one),
    hashes: [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }],
    licenses: licensesOf(one),
    purl,
  }
}

/** Returns Swagger UI and the package that contains its files. Its hash is unknown, because package-lock.json has only the other package. */
function swaggerUiOf(packages) {
  const from = packages.find(({ path }) => path === SWAGGER_UI.package)
  if (from === undefined) return []
  const one = { name: 'swagger-ui-dist', version: SWAGGER_UI.version, license: 'Apache-2.0' }
  const purl = purlOf(one)
  const component = { type: 'library', 'bom-ref': purl, ...nameOf(one), licenses: licensesOf(one), purl }
  return [{ from, component }]
}

/** Returns the name and version of a component. The scope of a name is its group, as in the tools of CycloneDX. */
function nameOf({ name, version }) {
  const [, group, rest] = /^(?:(@[^/]+)\/)?(.+)$/.exec(name)
  return group === undefined ? { name: rest, version } : { group, name: rest, version }
}

/** Returns the licence of a component. A list of choices in parentheses is an expression, anything else the id of one licence. */
function licensesOf({ license }) {
  return [license.startsWith('(') ? { expression: license } : { license: { id: license } }]
}

function purlOf({ name, version }) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}
