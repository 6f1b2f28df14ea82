// Tests the published type declarations: they mean the same as the types of the sources, and everything in them has a doc text.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import ts from 'typescript'
import { declarationsOf } from '../../scripts/build/declarations.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const text = declarationsOf(root)
const file = ts.createSourceFile('published.d.cts', text, ts.ScriptTarget.Latest, true)

t.test('every published type, function, member and option has a doc text', async (t) => {
  const missing: string[] = []
  let count = 0
  const visit = (node: ts.Node, path: string): void => {
    // Readers see what these parts amount to, not how it is found.
    if (ts.isModuleDeclaration(node) || ts.isConditionalTypeNode(node)) return
    const name = nameOf(node)
    const place = name === undefined ? path : `${path}.${name}`
    if (name !== undefined && ++count && commentOf(node) === '') missing.push(place)
    ts.forEachChild(node, (child) => visit(child, place))
  }

  visit(file, '')

  t.same(missing, [])
  t.ok(count > 800, String(count))
})

t.test('no doc text mentions schemas, or links to unpublished code', async (t) => {
  t.same(text.match(/\{@link|typebox|Static</gi), null)
})

t.test('the declarations need no package, and compile without the types of Node or of the DOM', async (t) => {
  t.notMatch(text, /\b(?:import|require|from '|reference types)\b/)
  const options = { lib: ['lib.es2022.d.ts'], types: [], skipLibCheck: false }
  t.same(errorsIn({ 'published.d.cts': text }, options), [])
})

t.test('an optional member of data may be undefined, also with exactOptionalPropertyTypes', async (t) => {
  const optional = [...text.matchAll(/^ +(?:readonly )?"?[\w-]+"?\?: (.*[^{])$/gm)].map(
    ([, type]) => type as string,
  )
  t.ok(optional.length > 200, String(optional.length))
  t.same(
    optional.filter((type) => !/(?:^(?:unknown|never)|\| undefined)$/.test(type)),
    // The status of a FakeDevinError, and a parameter of `AbortSignal`: no data.
    ['number', 'boolean'],
  )

  const use = `
import type { FaultSpec, RequestsQuery } from './published.cjs'
export const fault = (times: number | undefined, path?: string): FaultSpec => ({ preset: 'flaky', times, path, headers: undefined })
export const query = (given: { path?: string }): RequestsQuery => ({ path: given.path, since: undefined })
`
  t.same(errorsIn({ 'published.d.cts': text, 'use.ts': use }), [])
})

t.test('the declarations are equivalent to the types of the sources', async (t) => {
  const names = [...text.matchAll(/^export type (\w+) =/gm)].map(([, name]) => name as string)
  t.ok(names.includes('StateDocument') && names.includes('LiveEvent'))

  // Tells that a member that is no longer optional, and a parameter that is missing, would be found.
  const changed = text
    .replace('  count?: number | undefined', '  count: number')
    .replace('freeze(now?: string | Date)', 'freeze()')

  const suites = readFileSync(join(root, 'scripts/build/global-setup.d.cts'), 'utf8')
  const changedSuites = suites.replace('globalTeardown()', 'globalTeardown(now: true)')

  // Together, since the sources are checked each time. Only the declarations allow `undefined` for every optional member.
  const errors = errorsIn(
    {
      'published.d.cts': text,
      'same.ts': comparisonOf(names, './published.cjs'),
      'changed.d.cts': changed,
      'changed.ts': comparisonOf(names, './changed.cjs'),
      // What testcontainers.d.cts imports in the package.
      'scripts/build/index.d.cts': text,
      'same-suites.ts': comparisonOfSuites('./scripts/build/global-setup.cjs'),
      'changed-suites.d.cts': changedSuites,
      'changed-suites.ts': comparisonOfSuites('./changed-suites.cjs'),
    },
    { exactOptionalPropertyTypes: false },
  )

  const isExpected = (error: string) => error.startsWith('changed')
  t.same(
    errors.filter((error) => !isExpected(error)),
    [],
  )
  for (const part of ['sameStateDocument', 'const clock', 'const teardown']) {
    t.ok(
      errors.filter(isExpected).some((error) => error.includes(part)),
      part,
    )
  }
})

/** Returns code that compiles only if the declarations of the helpers for suites, which are written by hand, mean the same as the sources. */
function comparisonOfSuites(declarations: string): string {
  return `
import type * as source from './src/suites/global-setup.ts'
import type * as published from '${declarations}'
import type { FakeDevinContainerOptions } from './src/suites/container-options.ts'
import type { FakeDevinContainerOptions as Published } from './scripts/build/testcontainers.cjs'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
export const names: Same<keyof typeof source, Exclude<keyof typeof published, 'module.exports'>> = true
export const setUp: Same<typeof source.globalSetup, typeof published.globalSetup> = true
export const teardown: Same<typeof source.globalTeardown, typeof published.globalTeardown> = true
export const options: Same<keyof FakeDevinContainerOptions, keyof Published> = true
`
}

function nameOf(node: ts.Node): string | undefined {
  const isNamed =
    ts.isTypeElement(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isFunctionDeclaration(node)
  return isNamed ? (node.name?.getText() ?? '') : undefined
}

function commentOf(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node)
  return ts.getTextOfJSDocComment(comment?.comment) ?? ''
}

/** The members of `World` that have members of their own. */
const CONTROLS = [
  'clock',
  'requests',
  'faults',
  'scenarios',
  'sessions',
  'answers',
  'automations',
  'keys',
  'snapshots',
  'state',
]

/** Returns code that compiles only if declarations mean the same as the sources. `names` are the exported types of data. */
function comparisonOf(names: readonly string[], declarations: string): string {
  return `
import type * as source from './src/index.ts'
import type * as published from '${declarations}'

/** Whether two types are identical, down to what is optional and what is readonly. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** A type without the intersections at its top, which the declarations have resolved. */
type Flat<T> = { [Name in keyof T]: T[Name] }
/** The members in which two types differ. Classes are published as interfaces, so the types themselves are not identical. */
type Differences<A, B> =
  | Exclude<keyof A, keyof B>
  | Exclude<keyof B, keyof A>
  | { [Name in keyof A & keyof B]: Same<A[Name], B[Name]> extends true ? never : Name }[keyof A & keyof B]

export const exported: Same<keyof typeof source, Exclude<keyof typeof published, 'default' | 'module.exports'>> = true
export const options: Same<Parameters<typeof published.startFakeDevin>, [options?: published.FakeDevinOptions | undefined]> = true
export const connection: Same<
  Parameters<typeof source.connectFakeDevin>,
  Parameters<typeof published.connectFakeDevin>
> = true
export const error: Same<source.FakeDevinError, published.FakeDevinError> = true
export const startError: Same<source.StartError, published.StartError> = true
export const errorClass: Same<
  ConstructorParameters<typeof source.FakeDevinError>,
  ConstructorParameters<typeof published.FakeDevinError>
> = true
${names.map((name) => `export const same${name}: Same<Flat<source.${name}>, Flat<published.${name}>> = true`).join('\n')}
${CONTROLS.map((name) => `export const ${name} = (difference: Differences<source.World['${name}'], published.World['${name}']>): never => difference`).join('\n')}
export const world = (difference: Exclude<Differences<source.World, published.World>, '${CONTROLS.join("' | '")}'>): never => difference
export const fakeDevin = (difference: Exclude<Differences<source.FakeDevin, published.FakeDevin>, keyof source.World | 'organizations' | 'fidelity'>): never => difference
export const organization = (difference: Exclude<Differences<source.Organization, published.Organization>, keyof source.World>): never => difference
export const organizations = (difference: Exclude<Differences<source.FakeDevin['organizations'], published.FakeDevin['organizations']>, 'create' | 'of'>): never => difference
/** What the sources return is what the declarations promise. */
export const returned = (fake: source.FakeDevin): published.FakeDevin => fake
`
}

/** Returns the errors in files that are not on the disk, compiled as if they were in the root. */
function errorsIn(files: Readonly<Record<string, string>>, overrides: ts.CompilerOptions = {}): string[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: () => undefined,
    },
  )
  const options = { ...config?.options, ...overrides }
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  const textOf = (path: string) => files[path.slice(root.length)]
  host.fileExists = (path) => textOf(path) !== undefined || fileExists(path)
  host.readFile = (path) => textOf(path) ?? readFile(path)
  host.getSourceFile = (path, version) => {
    const own = textOf(path)
    return own === undefined ? getSourceFile(path, version) : ts.createSourceFile(path, own, version)
  }
  const program = ts.createProgram(
    Object.keys(files).map((name) => join(root, name)),
    options,
    host,
  )
  const own = program.getSourceFiles().filter(({ fileName }) => textOf(fileName) !== undefined)
  const found = own.flatMap((one) => [
    ...program.getSyntacticDiagnostics(one),
    ...program.getSemanticDiagnostics(one),
  ])
  return found.map(({ messageText, file: at, start = 0 }) => {
    const line = at?.text.slice(at.text.lastIndexOf('\n', start) + 1).split('\n', 1)[0]
    return `${at?.fileName.slice(root.length)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}: ${line}`
  })
}
