import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { PageFiles } from '../../../src/routes/control/page-files.ts'
import { pageFolder } from '../../../src/routes/control/page-folder.ts'
import { KEY, startFake } from '../../fake.ts'

/** The files of a small page. */
const FILES = {
  'index.html': { text: '<!doctype html>the page', type: 'text/html; charset=utf-8', etag: 'aaa' },
  'docs.html': { text: '<!doctype html>the API page', type: 'text/html; charset=utf-8', etag: 'bbb' },
  'assets/main-abc.js': { text: 'run()', type: 'text/javascript; charset=utf-8', etag: 'ccc' },
}

/** Writes a page as scripts/build/page.mjs does, and returns its folder. A secret file is beside it. */
function builtPage(
  t: Test,
  files: Record<string, { text: string; type: string; etag: string }> = FILES,
): string {
  const folder = join(t.testdir({ 'secret.gz': 'secret' }), 'page')
  for (const [name, { text }] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, `${name}.gz`), gzipSync(text))
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ sources: 'x', files }))
  return folder
}

t.test('GET /_fake/ and GET /_fake/docs return documents that may load their own files only', async (t) => {
  const { app } = await startFake(t, { pageFolder: builtPage(t), controlToken: 't0ken' })
  for (const [path, name] of [
    ['/_fake/', 'index.html'],
    ['/_fake/?session=1', 'index.html'],
    ['/_fake/docs?document=v1', 'docs.html'],
  ] as const) {
    const { statusCode, headers, body } = await app.inject({
      url: path,
      headers: { host: 'fake.example.com' },
    })

    t.equal(statusCode, 200, path)
    t.equal(body, FILES[name].text)
    t.match(headers, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(body.length),
      'cache-control': 'no-cache',
      etag: `"${FILES[name].etag}"`,
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    })
    t.notOk('content-encoding' in headers)
  }
})

t.test('GET /_fake/assets/{file} returns a file that never changes under its name', async (t) => {
  const { app } = await startFake(t, { pageFolder: builtPage(t) })

  const { statusCode, headers, body } = await app.inject('/_fake/assets/main-abc.js')

  t.same([statusCode, body], [200, 'run()'])
  t.match(headers, {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  })
})

t.test('a file is sent compressed to clients that accept that', async (t) => {
  const { app } = await startFake(t, { pageFolder: builtPage(t) })
  for (const [accepted, isZipped] of [
    ['gzip', true],
    ['deflate, gzip;q=0.5, br', true],
    ['*', true],
    ['gzip, identity', true],
    ['gzip;q=0.5, identity;q=0.4', true],
    ['gzip;q=0.4, identity;q=0.5', false],
    ['gzip;q=0, *', false],
    ['*;q=0', false],
    ['br', false],
    ['', false],
  ] as const) {
    const answer = await app.inject({ url: '/_fake/', headers: { 'accept-encoding': accepted } })
    const { headers, rawPayload } = answer

    t.equal(headers['content-encoding'], isZipped ? 'gzip' : undefined, accepted)
    t.equal(headers.etag, isZipped ? '"aaa-gzip"' : '"aaa"')
    t.equal(headers['content-length'], String(rawPayload.length))
    t.equal((isZipped ? gunzipSync(rawPayload) : rawPayload).toString(), FILES['index.html'].text)
  }
})

t.test('a client with a current copy of a file gets 304', async (t) => {
  const { app } = await startFake(t, { pageFolder: builtPage(t) })
  for (const [known, status] of [
    ['"aaa"', 304],
    ['W/"aaa"', 304],
    ['"x", "aaa"', 304],
    ['*', 304],
    ['"aaa-gzip"', 200],
    ['aaa', 200],
    ['', 200],
  ] as const) {
    const { statusCode, body, headers } = await app.inject({
      url: '/_fake/',
      headers: { 'if-none-match': known },
    })

    t.equal(statusCode, status, known)
    t.equal(body, status === 304 ? '' : FILES['index.html'].text)
    t.match(headers, { etag: '"aaa"', 'cache-control': 'no-cache', vary: 'accept-encoding' })
    t.equal('content-type' in headers, status === 200)
  }
})

t.test('HEAD answers like GET for every file of the page', async (t) => {
  const { app } = await startFake(t, { pageFolder: builtPage(t) })
  for (const path of ['/_fake', '/_fake/', '/_fake/docs', '/_fake/assets/main-abc.js', '/_fake/assets/x']) {
    const get = await app.inject(path)
    const head = await app.inject({ method: 'HEAD', url: path })

    t.equal(head.statusCode, get.statusCode, path)
    // Fastify announces the empty body of a redirect to GET only.
    t.same(
      { 'content-length': '0', ...head.headers, date: '' },
      { 'content-length': '0', ...get.headers, date: '' },
      path,
    )
    t.equal(head.body, '')
  }
})

t.test('the page answers 405 to other methods', async (t) => {
  const { app } = await startFake(t, { pageFolder: builtPage(t) })
  for (const path of ['/_fake', '/_fake/', '/_fake/docs', '/_fake/assets/main-abc.js']) {
    const { statusCode, headers } = await app.inject({ method: 'POST', url: path })
    t.same([statusCode, headers.allow], [405, 'GET, HEAD'], path)
  }
})

t.test('a rebuilt page is served at once', async (t) => {
  const pageFolder = builtPage(t)
  const { app } = await startFake(t, { pageFolder })
  await app.inject('/_fake/')

  builtPage(t, { 'index.html': { ...FILES['index.html'], text: 'another page', etag: 'ddd' } })

  t.equal((await app.inject('/_fake/')).body, 'another page')
})

t.test('concurrent requests for a file share one read', async (t) => {
  const pageFolder = builtPage(t)
  const { app } = await startFake(t, { pageFolder })

  const answers = await Promise.all(Array.from({ length: 20 }, () => app.inject('/_fake/assets/main-abc.js')))

  for (const { statusCode, body } of answers) t.same([statusCode, body], [200, 'run()'])
})

t.test('a file that was removed after the build answers 500', async (t) => {
  const pageFolder = builtPage(t)
  const { app } = await startFake(t, { pageFolder })
  rmSync(join(pageFolder, 'docs.html.gz'))

  const { statusCode, body } = await app.inject('/_fake/docs')

  t.same([statusCode, body], [500, 'Internal Server Error'])
  t.equal((await app.inject('/_fake/')).statusCode, 200)
})

t.test('only files of the manifest are served', async (t) => {
  const { app } = await startFake(t, { pageFolder: builtPage(t) })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const ask = (path: string) =>
    new Promise<string>((resolve, reject) => {
      let received = ''
      const lines = `GET ${path} HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\nconnection: close\r\n\r\n`
      const socket = connect(port, '127.0.0.1', () => socket.write(lines))
      socket.setEncoding('latin1').on('data', (data: string) => {
        received += data
      })
      socket.on('close', () => resolve(received)).on('error', reject)
    })
  for (const path of [
    'main-abc.js.gz',
    'index.html',
    '../index.html',
    '..%2Findex.html',
    '..%2fmanifest.json',
    '%2e%2e%2fmanifest.json',
    '..%5cmanifest.json',
    '..\\..\\secret',
    '..%2f..%2fsecret',
    '%2e%2e/%2e%2e/secret',
    '....//....//secret',
    '%252e%252e%252fsecret',
    '/etc/passwd',
    '%2fetc%2fpasswd',
    'main-abc.js%00',
    '%00',
    'main-abc.js%0a',
    'MAIN-ABC.JS',
    '__proto__',
    'constructor',
    'toString',
    '%ff%fe',
    '%',
    '',
    '.',
    '..',
  ]) {
    const answer = await ask(`/_fake/assets/${path}`)
    t.match(answer, /^HTTP\/1\.1 (?:404|405|307|400) /, path)
    t.notMatch(answer, 'secret')
  }
  t.match(await ask('/_fake/assets/main-abc.js'), /^HTTP\/1\.1 200 /)
})

t.test('without a built page, its addresses answer 501 and say what to run', async (t) => {
  const empty = t.testdir({
    nothing: {},
    broken: { 'manifest.json': '{' },
    foreign: { 'manifest.json': '{"name": "somebody else"}' },
    other: { 'manifest.json': '{"files": {}}' },
  })
  for (const name of ['nothing', 'broken', 'foreign', 'other', 'missing']) {
    const { app } = await startFake(t, { pageFolder: join(empty, name) })
    for (const path of ['/_fake/', '/_fake/docs', '/_fake/assets/main-abc.js']) {
      const { statusCode, headers, body } = await app.inject(path)
      t.same([statusCode, headers['content-type']], [501, 'text/plain; charset=utf-8'], `${name} ${path}`)
      t.match(body, 'npm run build')
    }
  }
})

t.test('a program without page support also answers 501', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  const files = new PageFiles(undefined)
  app.get('/', (request, reply) => files.send('index.html', { request, reply, headers: {} }))

  t.equal((await app.inject('/')).statusCode, 501)
})

t.test('the page is the one that `npm run build:page` has built', async (t) => {
  const { app } = await startFake(t)
  const isBuilt = existsSync(join(`${pageFolder}`, 'manifest.json'))

  t.match(pageFolder, /[\\/]dist[\\/]page[\\/]$/)
  t.equal((await app.inject('/_fake/')).statusCode, isBuilt ? 200 : 501)
})

t.test('GET /_fake redirects to the page, and keeps the query', async (t) => {
  const { app } = await startFake(t)
  for (const [path, location] of [
    ['/_fake', '_fake/'],
    ['/_fake?lang=zh', '_fake/?lang=zh'],
  ] as const) {
    const { statusCode, headers, body } = await app.inject(path)
    t.same([statusCode, headers.location, body], [307, location, ''])
  }
})

/** What browsers send to open a page. */
const BROWSERS = [
  { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' },
  { accept: 'TEXT/HTML' },
  { accept: '*/*', 'sec-fetch-mode': 'navigate' },
]

t.test('GET / redirects browsers to the page', async (t) => {
  const { app } = await startFake(t)
  for (const headers of BROWSERS) {
    for (const [url, location] of [
      ['/', '_fake/'],
      ['/?lang=zh', '_fake/?lang=zh'],
    ] as const) {
      const answer = await app.inject({ url, headers })
      t.same([answer.statusCode, answer.body], [307, ''])
      t.match(answer.headers, { location, vary: 'accept, sec-fetch-mode' })
    }
  }
})

t.test('GET / answers all other clients as the real API does, and so do all other methods', async (t) => {
  const { app } = await startFake(t)
  const unknown = await app.inject('/v1/unknown')
  const clients = [
    {},
    { accept: '*/*' },
    { accept: 'application/json, text/plain, */*' },
    { accept: 'text/html;q=0, */*' },
    { accept: 'application/xhtml+xml' },
    { 'sec-fetch-mode': 'cors', accept: '*/*' },
    { authorization: `Bearer ${KEY}` },
  ]
  for (const headers of clients) {
    const { statusCode, body, headers: sent } = await app.inject({ url: '/', headers })
    t.same([statusCode, body], [404, '{"detail":"Not Found"}'])
    t.same({ ...sent, date: '' }, { ...unknown.headers, date: '' })
  }
  for (const method of ['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const) {
    const { statusCode, headers } = await app.inject({ method, url: '/', headers: { ...BROWSERS[0] } })
    t.same([statusCode, headers.location, headers.allow], [404, undefined, undefined], method)
  }
  for (const url of ['//', '/v1', '/favicon.ico', '/index.html']) {
    t.equal((await app.inject({ url, headers: { ...BROWSERS[0] } })).statusCode, 404, url)
  }
})

t.test('the page and the redirects to it are neither recorded nor struck by faults', async (t) => {
  const { app, send } = await startFake(t, { pageFolder: builtPage(t) })
  await send('POST', '/_fake/faults', { status: 503 })
  const paths = ['/_fake', '/_fake/', '/_fake/docs', '/_fake/assets/main-abc.js']

  for (const path of paths) t.not((await app.inject(path)).statusCode, 503, path)
  t.equal((await app.inject({ method: 'POST', url: '/_fake' })).statusCode, 405)
  for (const headers of BROWSERS) t.equal((await app.inject({ url: '/', headers })).statusCode, 307)
  t.equal((await app.inject('/')).statusCode, 503)

  const { requests } = (await app.inject('/_fake/requests')).json()
  t.same(
    requests.map(({ method, path, status }: Record<string, unknown>) => [method, path, status]),
    [['GET', '/', 503]],
  )
})
