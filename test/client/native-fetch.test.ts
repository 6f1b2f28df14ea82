import { execFileSync } from 'node:child_process'
import process from 'node:process'
import t, { type Test } from 'tap'
import type * as NativeFetch from '../../src/client/native-fetch.ts'
import { publishedPackage, uncoveredEnvironment } from '../published.ts'

const CLASSES = ['Headers', 'ReadableStream', 'Request', 'Response'] as const
const UNDICI = 'NativeModule internal/deps/undici/undici'

/** Loads the module in a process that seems to have loaded these modules of Node. */
async function load(t: Test, moduleLoadList: readonly string[] | undefined) {
  t.intercept(process as object as Record<string, unknown>, 'moduleLoadList', { value: moduleLoadList })
  return t.mockImport<typeof NativeFetch>('../../src/client/native-fetch.ts', {})
}

const originals = Object.fromEntries(CLASSES.map((name) => [name, globalThis[name]]))

function replaceClasses(t: Test) {
  for (const name of CLASSES) t.intercept(globalThis, name, { value: class {} })
}

for (const [where, list] of [
  ['a process has loaded', [UNDICI]],
  ['other runtimes have', undefined],
] as const) {
  t.test(`the classes that ${where} are captured when the library loads`, async (t) => {
    const { areFetchClassesLoaded, fetchClasses } = await load(t, list)
    replaceClasses(t)

    t.ok(areFetchClassesLoaded())
    t.strictSame(fetchClasses(), originals)
  })
}

t.test('other classes are captured when they are first needed', async (t) => {
  const { areFetchClassesLoaded, fetchClasses } = await load(t, [])
  t.notOk(areFetchClassesLoaded())

  const classes = fetchClasses()
  replaceClasses(t)

  t.strictSame(classes, originals)
  t.equal(fetchClasses(), classes)
})

t.test('fetch is captured when the library loads', async (t) => {
  const original = globalThis.fetch
  const { fetch } = await load(t, [])
  t.intercept(globalThis, 'fetch', { value: () => undefined })

  t.equal(fetch, original)
})

t.test(
  'a published fake and simple requests to it load no classes, until more of an answer is used',
  async (t) => {
    const code = `
    const { startFakeDevin } = require('./dist/library.cjs')
    const isLoaded = () => process.moduleLoadList.includes('${UNDICI}')
    const main = async () => {
      const devin = await startFakeDevin()
      const headers = { authorization: 'Bearer apk_user_a', 'content-type': 'application/json' }
      const created = await devin.fetch('/v1/sessions', { method: 'POST', headers, body: '{"prompt": "x"}' })
      const { session_id } = await created.json()
      const response = await devin.fetch('/v1/sessions/' + session_id, { headers })
      const before = isLoaded()
      const isResponse = response instanceof Response
      console.log(JSON.stringify([created.status, response.ok, before, isResponse, isLoaded()]))
      await devin.close()
    }
    main()`
    const cwd = publishedPackage()

    const stdout = execFileSync(process.execPath, ['-e', code], { cwd, env: uncoveredEnvironment() })

    t.equal(`${stdout}`, '[200,true,false,true,true]\n')
  },
)
