import fc from 'fast-check'
import t from 'tap'
import { DEFAULT_ORG_ID } from '../../../src/auth/principal.ts'
import { type Fake, KEY, NOW, OTHER_ORG_KEY, startFake } from '../../fake.ts'

/** Returns a form with one file in its wire form. The name is UTF-8, as in browsers. */
function formOf(filename: string, bytes: Uint8Array | string, type?: string, field = 'file') {
  const quoted = filename.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
  return rawForm(
    `Content-Disposition: form-data; name="${field}"; filename="${quoted}"${type === undefined ? '' : `\r\nContent-Type: ${type}`}`,
    bytes,
  )
}

function rawForm(headers: string, bytes: Uint8Array | string) {
  return {
    payload: Buffer.concat([
      Buffer.from(`--b0undary\r\n${headers}\r\n\r\n`),
      Buffer.from(bytes),
      Buffer.from('\r\n--b0undary--\r\n'),
    ]),
    headers: { 'content-type': 'multipart/form-data; boundary=b0undary' },
  }
}

const upload = async ({ call }: Fake, ...form: Parameters<typeof formOf>): Promise<string> =>
  (await call('POST', '/v1/attachments', formOf(...form))).json()

const pathOf = (url: string) => new URL(url).pathname

/** Downloads a file from the URL of its upload, as clients do. */
async function download({ call, app }: Fake, url: string) {
  const redirect = await call('GET', `/v1${pathOf(url)}`)
  const location = new URL(String(redirect.headers.location))
  return app.inject({ method: 'GET', url: location.pathname + location.search })
}

t.test('POST /v1/attachments returns the URL of the file as a JSON string', async (t) => {
  const fake = await startFake(t)

  const res = await fake.call('POST', '/v1/attachments', formOf('report.txt', 'hello', 'text/plain'))

  t.equal(res.statusCode, 200)
  t.equal(res.headers['content-type'], 'application/json')
  t.match(
    res.json(),
    /^http:\/\/localhost(:80)?\/attachments\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\/report\.txt$/,
  )
  const [attachment] = await fake.organization.attachments.list()
  t.match(attachment, { name: 'report.txt', contentType: 'text/plain', createdAt: NOW })
  t.same(Buffer.from(attachment?.bytes ?? []), Buffer.from('hello'))
  t.match(await fake.organization.auditLog.list(), [
    { action: 'upload_attachment', subjectId: attachment?.id },
  ])
})

t.test('POST /v1/attachments returns a different URL for each upload', async (t) => {
  const fake = await startFake(t)

  t.not(await upload(fake, 'a', '1'), await upload(fake, 'a', '1'))
})

t.test('POST /v1/attachments answers 422 without a file and 400 for an invalid form', async (t) => {
  const fake = await startFake(t)
  const statusOf = async (options: Parameters<Fake['call']>[2]) =>
    (await fake.call('POST', '/v1/attachments', options)).statusCode
  const type = (contentType: string) => ({ headers: { 'content-type': contentType } })

  t.equal(await statusOf(formOf('a', 'x', undefined, 'other')), 422)
  t.equal(await statusOf(rawForm('Content-Disposition: form-data; name="file"', 'text')), 422)
  t.equal(await statusOf({}), 422)
  t.equal(await statusOf({ payload: '{}', ...type('application/json') }), 422)
  t.equal(await statusOf({ payload: 'x', ...type('multipart/form-data') }), 400)
  t.equal(await statusOf({ payload: 'x', ...type('multipart/form-data; boundary=b') }), 400)
  t.same(await fake.organization.attachments.list(), [])
})

t.test(
  'GET /v1/attachments/{uuid}/{name} redirects to a URL that returns the file without a key',
  async (t) => {
    const fake = await startFake(t)
    const url = await upload(fake, 'report.txt', 'hello', 'text/plain; charset=utf-8')

    const res = await fake.call('GET', `/v1${pathOf(url)}`)

    t.equal(res.statusCode, 307)
    t.equal(res.body, '')
    const location = String(res.headers.location)
    t.match(location, `/_fake/storage/${DEFAULT_ORG_ID}/`)
    const file = await download(fake, url)
    t.equal(file.statusCode, 200)
    t.equal(file.body, 'hello')
    t.equal(file.headers['content-type'], 'text/plain; charset=utf-8')
    t.equal(file.headers['content-length'], '5')
    t.equal(file.headers['content-disposition'], "attachment; filename*=UTF-8''report.txt")
    t.equal(file.headers['x-content-type-options'], 'nosniff')
  },
)

t.test('GET /attachments/{uuid}/{name}, the URL of an upload, redirects to the same location', async (t) => {
  const fake = await startFake(t)
  const url = await upload(fake, 'a.txt', 'x')

  const [short, long] = [await fake.call('GET', pathOf(url)), await fake.call('GET', `/v1${pathOf(url)}`)]

  t.equal(short.statusCode, 307)
  t.equal(short.headers.location, long.headers.location)
})

t.test(
  'GET /v1/attachments/{uuid}/{name} answers 404 for an unknown id, another name and another organization’s file',
  async (t) => {
    const fake = await startFake(t)
    const path = `/v1${pathOf(await upload(fake, 'a.txt', 'x'))}`

    const answers = [
      await fake.call('GET', '/v1/attachments/00000000-0000-4000-a000-000000000000/a.txt'),
      await fake.call('GET', `${path}x`),
      await fake.call('GET', path, { headers: { authorization: `Bearer ${OTHER_ORG_KEY}` } }),
      await fake.call('GET', path.replace('/v1', ''), {
        headers: { authorization: `Bearer ${OTHER_ORG_KEY}` },
      }),
    ]

    for (const res of answers) {
      t.equal(res.statusCode, 404)
      t.same(res.json(), { detail: 'Attachment not found' })
    }
  },
)

t.test('GET /v1/attachments/{uuid}/{name} requires a key', async (t) => {
  const fake = await startFake(t)
  const path = pathOf(await upload(fake, 'a.txt', 'x'))

  for (const url of [path, `/v1${path}`]) {
    t.equal((await fake.call('GET', url, { headers: { authorization: '' } })).statusCode, 401)
  }
})

t.test('a file name in any language is preserved', async (t) => {
  const fake = await startFake(t)
  const names = [
    'résumé.pdf',
    '日本語 の.txt',
    '😀.png',
    "it's (1)*!~.txt",
    'a%2Fb%20c',
    'a?b#c&d=e',
    'a+b;c',
    '%',
    ' x ',
    '..a',
  ]

  for (const name of names) {
    const url = await upload(fake, name, 'x')
    t.equal(decodeURIComponent(pathOf(url).split('/')[3] ?? ''), name)
    t.equal((await download(fake, url)).body, 'x', name)
  }
})

t.test('a file name becomes one path segment', async (t) => {
  const fake = await startFake(t)
  const names = {
    '': '_',
    '.': '_.',
    '..': '_..',
    '...': '...',
    '../../etc/passwd': '.._.._etc_passwd',
    'a\\b.txt': 'a_b.txt',
    'a\u0000b\u001f\u007f\u0085': 'a_b___',
    ['x'.repeat(300)]: 'x'.repeat(255),
    [`${'x'.repeat(254)}😀`]: `${'x'.repeat(254)}\ufffd`,
  }
  for (const [name, expected] of Object.entries(names)) {
    const headers = `Content-Disposition: form-data; name="file"; filename="${name.replaceAll('\\', '\\\\')}"`
    const url: string = (await fake.call('POST', '/v1/attachments', rawForm(headers, 'x'))).json()
    t.equal(decodeURIComponent(pathOf(url).split('/')[3] ?? ''), expected, JSON.stringify(name))
    t.equal((await download(fake, url)).body, 'x', JSON.stringify(name))
  }
})

t.test('property: any name and any bytes can be downloaded from the returned URL', async (t) => {
  const fake = await startFake(t)

  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), fc.uint8Array(), async (name, bytes) => {
      const url = await upload(fake, name, bytes)
      const [, , , segment, ...others] = pathOf(url).split('/')
      if (others.length > 0 || segment === '' || segment === undefined) return false
      const file = await download(fake, url)
      return file.statusCode === 200 && file.rawPayload.equals(Buffer.from(bytes))
    }),
  )
  t.pass()
})

t.test('the URL of any file name is valid in an ATTACHMENT line', async (t) => {
  const fake = await startFake(t)

  const url = await upload(fake, 'a"b\'c<d>\u2028.txt', 'x')

  t.match(url, /^[!-~]+$/)
  t.notMatch(url, /["<>]/)
})

t.test('a content type is preserved, or application/octet-stream if it is invalid', async (t) => {
  const fake = await startFake(t)
  const types = {
    'application/json; charset=utf-8': 'application/json; charset=utf-8',
    'application/json': 'application/json',
    'image/svg+xml': 'image/svg+xml',
    'text/x; a="b;c"': 'text/x; a="b;c"',
    'no type at all': 'no type at all',
    'caf\u00e9/x': undefined,
    '': 'application/octet-stream',
    '  ': 'application/octet-stream',
    'a\u0001b': 'application/octet-stream',
    'a\u0000': 'application/octet-stream',
  }
  for (const [type, expected] of Object.entries(types)) {
    const file = await download(fake, await upload(fake, 'a', 'x', type))
    t.equal(file.statusCode, 200, type)
    if (expected !== undefined) t.equal(file.headers['content-type'], expected, JSON.stringify(type))
  }
  t.equal(
    (await download(fake, await upload(fake, 'a', 'x'))).headers['content-type'],
    'application/octet-stream',
  )
})

t.test('fetch and FormData upload and download a file of 5 MB over a socket', async (t) => {
  const fake = await startFake(t)
  const base = await fake.listen()
  const bytes = new Uint8Array(5_000_000).map((_, index) => (index * 7919) >> 3)
  const body = new FormData()
  body.set('file', new Blob([bytes], { type: 'image/png' }), 'büro "plan".png')
  const headers = { authorization: `Bearer ${KEY}` }

  const uploaded = await fetch(`${base}/v1/attachments`, { method: 'POST', body, headers })
  const url = String(await uploaded.json())
  t.ok(url.startsWith(`${base}/attachments/`))
  const file = await fetch(url, { headers })

  t.equal(file.status, 200)
  t.equal(file.headers.get('content-type'), 'image/png')
  t.ok(Buffer.from(await file.arrayBuffer()).equals(Buffer.from(bytes)))
})
