import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { minifyCss } from '../../scripts/build/minify-css.mjs'
import { childEnvironment } from '../child-environment.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Returns a clone that shares the installed packages. */
function clone(t: Test) {
  const folder = t.testdir({})
  for (const path of ['package.json', 'package-lock.json', 'tsconfig.json', 'scripts', 'src']) {
    cpSync(join(root, path), join(folder, path), { recursive: true })
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  const start = (...args: string[]) => {
    const child = spawn(process.execPath, args, {
      cwd: folder,
      // Node 22 warns of TypeScript on standard error.
      env: childEnvironment({ NODE_OPTIONS: '--disable-warning=ExperimentalWarning' }),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    t.teardown(() => child.kill('SIGKILL'))
    const printed = { stdout: '', stderr: '' }
    const listening = Promise.withResolvers<string>()
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        printed[name] += text
        const [, url] = /listening on (http:\S+)\n/.exec(printed.stdout) ?? []
        if (url !== undefined) listening.resolve(url)
      })
    }
    const ended = once(child, 'close').then(([code]) => ({ ...printed, code }))
    void ended.then(({ stderr }) => listening.reject(new Error(stderr)))
    listening.promise.catch(() => {})
    return { child, ended, listening: listening.promise }
  }
  const build = () => start('scripts/build/page.mjs').ended
  const read = (name: string) => readFileSync(join(folder, 'dist/page', name))
  return { folder, start, build, read }
}

/** Returns the names and the bytes of all files of a built page. */
function filesOf(folder: string): [name: string, bytes: string][] {
  const names = readdirSync(join(folder, 'dist/page'), { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => /\.\w+$/.test(name))
    .sort()
    .map((name) => [name, readFileSync(join(folder, 'dist/page', name)).toString('base64')])
}

t.test('the page is built into compressed files that refer to each other, reproducibly', async (t) => {
  const { folder, build, read } = clone(t)
  t.match(await build(), { code: 0, stdout: '', stderr: /^dist\/page: \d+ bytes, compressed/ })
  const first = filesOf(folder)
  rmSync(join(folder, 'dist'), { recursive: true })
  await build()
  t.same(filesOf(folder), first)

  const { files } = JSON.parse(read('manifest.json').toString())
  t.same(
    first.map(([name]) => name).sort(),
    [...Object.keys(files).map((name) => `${name}.gz`), 'manifest.json'].sort(),
  )
  for (const name of ['index.html', 'docs.html']) {
    const html = gunzipSync(read(`${name}.gz`)).toString()
    const links = [...html.matchAll(/\s(?:href|src)="([^"]+)"/g)].map(([, link = '']) => link)
    t.not(links.length, 0)
    for (const link of links) t.ok(link in files, `${name}: ${link}`)
    // The policy allows nothing inline.
    t.notMatch(html, /<style|<script>|\sstyle=|\son\w+=/)
  }
  for (const [name, { size }] of Object.entries<{ size: number }>(files)) {
    t.equal(gunzipSync(read(`${name}.gz`)).length, size, name)
  }
})

t.test('a page that exceeds the size limit is not built, and the previous one stays', async (t) => {
  const { folder, build } = clone(t)
  await build()
  const before = filesOf(folder)
  const noise = Array.from({ length: 40_000 }, (_, index) => (index * 2_654_435_761) % 4_294_967_291)
  appendFileSync(join(folder, 'src/page/docs/docs.ts'), `\nconsole.log(${JSON.stringify(noise.join())})\n`)

  const { code, stderr } = await build()

  t.equal(code, 1)
  t.match(stderr, /the page has \d+ bytes, compressed, and may have 80000:\n\d+ assets\//)
  t.same(filesOf(folder), before)
})

t.test('a page that refers to something unknown is not built', async (t) => {
  const { folder, build } = clone(t)
  const html = join(folder, 'src/page/docs/docs.html')
  const text = readFileSync(html, 'utf8')
  writeFileSync(html, text.replace('icon.svg', 'icon.png'))
  t.match(await build(), {
    code: 1,
    stderr: /src\/page\/docs\/docs\.html refers to icon\.png, which is not built/,
  })

  writeFileSync(html, text)
  appendFileSync(join(folder, 'src/page/docs/docs.ts'), "\nimport './missing.ts'\n")
  t.match(await build(), { code: 1, stderr: /missing\.ts/ })
})

t.test('npm start builds the page if it is missing or old, and only then', async (t) => {
  const { folder, start } = clone(t)
  const run = async () => {
    const { child, listening, ended } = start('scripts/start.mjs', '--port', '0', '--log-level', 'silent')
    const { status } = await fetch(`${await listening}/_fake/`)
    child.kill('SIGTERM')
    return { status, ...(await ended) }
  }

  t.match(await run(), { status: 200, stderr: /^Building the page …\ndist\/page: / })
  t.match(await run(), { status: 200, stderr: /^$/ })
  appendFileSync(join(folder, 'src/page/docs/docs.css'), 'nav{color:red}')
  t.match(await run(), { status: 200, stderr: /^Building the page …\n/ })
})

t.test('npm start serves the API even if the page cannot be built', async (t) => {
  const { folder, start } = clone(t)
  appendFileSync(join(folder, 'src/page/docs/docs.ts'), '\n<')

  const { child, listening, ended } = start('scripts/start.mjs', '--port', '0', '--log-level', 'silent')
  const url = await listening
  t.equal((await fetch(`${url}/_fake/health`)).status, 200)
  t.equal((await fetch(`${url}/_fake/`)).status, 501)
  child.kill('SIGTERM')

  t.match((await ended).stderr, /fake-devin: the page cannot be built; everything else is served\n$/)
})

t.test('style sheets lose only comments and insignificant white space', async (t) => {
  for (const [given, minified] of [
    [
      'a , b > c :hover {\n  color : red ;\n  margin: 0 auto;\n}\n',
      'a,b > c :hover{color : red;margin: 0 auto}',
    ],
    ['/* a { } */ a { b: c } /* d */', 'a{b: c}'],
    [`a::after { content: " ; } /* kept */ " }`, `a::after{content: " ; } /* kept */ "}`],
    [`a { content: '\\' { ' ; }`, `a{content: '\\' { '}`],
    ['@media (a) and (b) { c { d: calc(1px + 2px) } }', '@media (a) and (b){c{d: calc(1px + 2px)}}'],
    ['a { --x: ; --y: 1 }', 'a{--x:;--y: 1}'],
    ['', ''],
  ] as const) {
    t.equal(minifyCss(given), minified)
  }
})
