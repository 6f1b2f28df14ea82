import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import t from 'tap'
import { curlOf } from '../../../src/page/model/curl.ts'
import { quoted } from '../../../src/page/model/shell.ts'
import type { RequestEntry } from '../../../src/schemas/control/journal.ts'
import { childEnvironment } from '../../child-environment.ts'
import { entryWith } from './requests.ts'

const ORIGIN = 'http://127.0.0.1:8080'

/** Runs a command in a shell, with a curl that prints its arguments and its standard input. */
function run(command: string): { args: string[]; input: string } {
  const script = `curl() { printf '%s\\0' "$@"; printf '\\001'; case " $* " in *' @- '*) cat;; esac; }\n${command}`
  const { stdout, stderr, status } = spawnSync('sh', ['-s'], {
    input: script,
    env: childEnvironment({ DEVIN_API_KEY: 'cog_mine' }),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (status !== 0) throw new Error(stderr)
  const end = stdout.indexOf('\u0001')
  return { args: stdout.slice(0, end).split('\0').slice(0, -1), input: stdout.slice(end + 1) }
}

const argsOf = (entry: Partial<RequestEntry>) => run(curlOf(entryWith(entry), ORIGIN)).args

t.test('a request becomes a command, with the key of the environment', (t) => {
  const entry = entryWith({
    method: 'POST',
    query: { raw: 'a=1', pairs: [['a', '1']] },
    headers: {
      host: '127.0.0.1:8080',
      authorization: 'Bearer apk_user_***',
      'content-type': 'application/json',
      'content-length': '14',
    },
    body: { prompt: "it's" },
    body_bytes: 17,
  })

  t.equal(
    curlOf(entry, ORIGIN),
    `curl -X 'POST' 'http://127.0.0.1:8080/v1/sessions?a=1' \\
  -H "authorization: Bearer $DEVIN_API_KEY" \\
  -H 'content-type: application/json' \\
  --data-raw '{"prompt":"it'\\''s"}'`,
  )
  t.same(run(curlOf(entry, ORIGIN)).args, [
    '-X',
    'POST',
    `${ORIGIN}/v1/sessions?a=1`,
    '-H',
    'authorization: Bearer cog_mine',
    '-H',
    'content-type: application/json',
    '--data-raw',
    `{"prompt":"it's"}`,
  ])
  t.end()
})

t.test('values that curl would treat specially are passed unchanged', (t) => {
  const url = `${ORIGIN}/v1/sessions`
  t.same(argsOf({}), [url])
  t.same(argsOf({ method: 'HEAD' }), ['--head', url])
  t.same(argsOf({ headers: { 'x-empty': '', cookie: '***', authorization: 'none' } }), [
    url,
    '-H',
    'x-empty;',
    '-H',
    'cookie: ***',
    '-H',
    'authorization: none',
  ])
  t.same(argsOf({ headers: { authorization: '***' } }), [url, '-H', 'authorization: cog_mine'])
  t.same(argsOf({ path: '/v1/../[a]', route: null }), ['--globoff', '--path-as-is', `${ORIGIN}/v1/../[a]`])
  t.same(argsOf({ path: 'http://elsewhere/v1/x' }), [`${ORIGIN}/v1/x`])
  t.same(argsOf({ method: 'OPTIONS', path: '*' }), ['-X', 'OPTIONS', '--request-target', '*', ORIGIN])
  // A body without a type was JSON, and curl would say it is a form.
  t.same(argsOf({ body: null, body_bytes: 4 }), [
    '-X',
    'GET',
    url,
    '-H',
    'content-type:',
    '--data-raw',
    'null',
  ])
  t.end()
})

t.test('bodies are sent as they were: JSON, texts and forms', (t) => {
  const dataOf = (type: string, body: unknown) =>
    argsOf({ method: 'POST', headers: { 'content-type': type }, body, body_bytes: 9 }).slice(3)

  t.same(dataOf('application/json; charset=utf-8', 'text').at(-1), '"text"')
  t.same(dataOf('application/problem+json', [1]).at(-1), '[1]')
  t.same(dataOf('text/plain', '@/etc/passwd\n').slice(-2), ['--data-raw', '@/etc/passwd\n'])
  t.same(dataOf('application/x-www-form-urlencoded', { a: ['1', '2 &'], b: '=' }).slice(-2), [
    '--data-raw',
    'a=1&a=2+%26&b=%3D',
  ])
  t.same(dataOf('multipart/form-data; boundary=x', { a: '@b', file: { filename: 'a";type=x', size: 3 } }), [
    '--form-string',
    'a=@b',
    '-F',
    'file=@file;filename="a\\";type=x"',
  ])
  t.same(dataOf('multipart/form-data; boundary=x', 'broken').at(-1), 'broken')
  t.end()
})

t.test('a body that is not in the journal is read from a file', (t) => {
  const expected = ['-X', 'POST', `${ORIGIN}/v1/sessions`, '-H', 'content-type:', '--data-binary', '@body']

  t.same(argsOf({ method: 'POST', body_bytes: 9 }), expected)
  t.same(argsOf({ method: 'POST', body_bytes: null }), expected)
  t.same(argsOf({ method: 'POST', body_bytes: 9, body: '(not kept: 9 bytes; …)' }), expected)
  t.end()
})

t.test('a body that cannot be an argument is piped', (t) => {
  for (const body of ['a\0b\\0c\\\\n%s\x000', `${"'\\\n".repeat(50_000)}`]) {
    const entry = entryWith({ method: 'POST', headers: { 'content-type': 'text/plain' }, body })
    const { args, input } = run(curlOf(entry, ORIGIN))

    t.same(args.slice(-2), ['--data-binary', '@-'])
    t.ok(input === body, JSON.stringify(input.slice(0, 50)))
  }
  t.end()
})

t.test('property: a shell reads the words of a command as they are, whatever is in them', (t) => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'\'"\\$`!;&|<>(){}[]*?#~=%@ \t\n\r'), maxLength: 40 }),
  )
  const safe = text.map((one) => one.toWellFormed().replaceAll('\0', '').replaceAll('\u0001', ''))
  const token = fc.string({ unit: fc.constantFrom(..."!#$%&'*+-.^_`|~09az"), minLength: 1, maxLength: 9 })
  fc.assert(
    fc.property(token, safe, fc.array(safe, { maxLength: 3 }), safe, (name, value, words, body) => {
      const header = value.trim() === '' ? `x-${name};` : `x-${name}: ${value}`
      const entry = entryWith({
        method: token === undefined ? '' : 'POST',
        path: `/${words.join('/')}`,
        headers: { [`x-${name}`]: value, 'content-type': 'text/plain' },
        body: body === '' ? '-' : body,
        body_bytes: 1,
      })
      const { args } = run(curlOf(entry, ORIGIN))

      t.ok(args.includes(`${ORIGIN}/${words.join('/')}`))
      t.ok(args.includes(header), header)
      t.equal(args.at(-1), body === '' ? '-' : body)
      t.equal(run(`curl ${quoted(value)}`).args[0], value)
    }),
    { numRuns: 60 },
  )
  t.end()
})
