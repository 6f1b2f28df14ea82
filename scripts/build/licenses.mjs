// Collects the licences of the bundled packages, which have to accompany every copy.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The licences that allow a copy inside a work under the MIT licence, if their text is included. */
const ALLOWED = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', '(BSD-3-Clause OR GPL-2.0)']

/**
 * Swagger UI, whose built files are in a package with other terms and without notices for them. Its terms, and those of the packages that it
 * contains, are in scripts/build/swagger-ui, from `swagger-ui-dist` of the same version.
 */
export const SWAGGER_UI = { version: '5.34.0', package: 'node_modules/@fastify/swagger-ui' }

/**
 * Writes `dist/THIRD-PARTY-LICENSES.txt` for the packages of `bundledPackages`. Throws for a licence that is not allowed, or whose text is
 * missing.
 */
export function writeLicenses(root, packages) {
  const terms = readFileSync(join(root, 'LICENSE'), 'utf8').split('\n\n').slice(2).join('\n\n')
  const texts = packages.map((one) => licenseOf(one, terms))
  const head = 'fake-devin contains these packages.\n'
  writeFileSync(
    join(root, 'dist/THIRD-PARTY-LICENSES.txt'),
    [head, ...texts, swaggerUi(root)].join(`\n${'-'.repeat(80)}\n\n`),
  )
}

/** Returns the licence of a package. `terms` are those of the MIT licence, for the one package that only names it. */
function licenseOf({ name, version, license, author, folder }, terms) {
  if (!ALLOWED.includes(license))
    throw new Error(`${name} has the licence ${license}, which is not an allowed one`)
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  if (file === undefined && license !== 'MIT')
    throw new Error(`${name} does not contain the text of its licence`)
  const text =
    file === undefined ? `Copyright (c) ${author}\n\n${terms}` : readFileSync(join(folder, file), 'utf8')
  return `${name} ${version} (${license})\n\n${text.trim()}\n`
}

/** Returns the notices of Swagger UI. Throws if its files are those of another version, whose notices may differ. */
function swaggerUi(root) {
  const { version } = SWAGGER_UI
  const bundle = readFileSync(join(root, SWAGGER_UI.package, 'static/swagger-ui-bundle.js'), 'utf8')
  if (!bundle.includes(`"${version}"`)) {
    throw new Error(
      `@fastify/swagger-ui does not contain Swagger UI ${version} any more: renew scripts/build/swagger-ui`,
    )
  }
  const text = (name) => readFileSync(join(root, 'scripts/build/swagger-ui', name), 'utf8').trim()
  return `swagger-ui ${version} (Apache-2.0), unchanged except that its files are compressed

${text('NOTICE')}

${text('LICENSE')}

It contains these packages:

${text('bundled.txt')}
`
}
