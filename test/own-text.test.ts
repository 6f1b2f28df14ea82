import { randomBytes } from 'node:crypto'
import t from 'tap'
import { ownText } from '../src/own-text.ts'
import { KEY } from './fake.ts'
import { Target } from './fuzz/target.ts'

t.test('ownText: the same text, in which a lone surrogate is replaced', async (t) => {
  t.equal(ownText('aé😀'), 'aé😀')
  t.equal(ownText('a\ud800b'), 'a\ufffdb')
})

const TIMES = 100
const LONG = 50_000
/** Of `TIMES * LONG` bytes that pass by. */
const KEPT_MAX = 1_500_000

/** Requests that have the server keep a little of much: `much` is how long the text around it is. */
const REQUESTS: Record<string, (server: Server, much: number) => Promise<number>> = {
  async 'the id in the address of a secret'(server, much) {
    const body = { type: 'key-value', key: unique(), value: 'v', sensitive: true, note: '' }
    const { id } = await server.create('/v1/secrets', body)
    return server.send('DELETE', `/v1/secrets/${id}?${'x'.repeat(much)}`)
  },
  async 'the id in the address of an entry of knowledge'(server, much) {
    const { id } = await server.create('/v1/knowledge', { name: 'n', body: 'b', trigger_description: 't' })
    return server.send('DELETE', `/v1/knowledge/${id}?${'x'.repeat(much)}`)
  },
  async 'the id in the address of a playbook'(server, much) {
    const { playbook_id: id } = await server.create('/v1/playbooks', { title: 't', body: 'b' })
    const put = { method: 'PUT', path: `/v1/playbooks/${id}?${'x'.repeat(much)}` }
    await server.send(put.method, put.path, JSON.stringify({ title: 't', body: 'b' }))
    return server.send('DELETE', put.path)
  },
  'the start of the name of a file': (server, much) => server.upload('n'.repeat(much), 'text/plain'),
  'the type of a file': (server, much) => server.upload('n', `text/plain; charset=utf-8${' '.repeat(much)}`),
  'the organisation of a key': (server, much) => {
    const text = `user-${'u'.repeat(much * 0.6)}_org-${randomBytes(16).toString('hex')}:${'0'.repeat(32)}`
    const authorization = `Bearer apk_user_${Buffer.from(text).toString('base64')}`
    return server.send('GET', '/v1/secrets', undefined, { authorization })
  },
}

t.test('of what passes by, only what is needed is kept', async (t) => {
  const target = await Target.start(['--journal-entries', '0'])
  t.teardown(() => target.stop())
  const server = new Server(target.port)
  for (const [name, request] of Object.entries(REQUESTS)) {
    for (let time = 0; time < TIMES / 4; time++) await request(server, 10)
    const before = await target.bytesInUse()

    for (let time = 0; time < TIMES; time++) await request(server, LONG)

    const kept = (await target.bytesInUse()) - before
    t.ok(kept < KEPT_MAX, `${name}: ${kept} bytes more are in use`)
  }
})

let count = 0
function unique(): string {
  return `KEY_${++count}`
}

class Server {
  readonly #origin: string

  constructor(port: number) {
    this.#origin = `http://127.0.0.1:${port}`
  }

  /** Resolves with the status; throws where it is no success. */
  async send(method: string, path: string, body?: string, headers = {}): Promise<number> {
    return (await this.#fetch(method, path, body, headers)).status
  }

  async create(path: string, body: unknown): Promise<Record<string, string>> {
    return (await (await this.#fetch('POST', path, JSON.stringify(body))).json()) as Record<string, string>
  }

  upload(name: string, type: string): Promise<number> {
    const disposition = `form-data; name="file"; filename="${name}"`
    const form = `--b\r\nContent-Disposition: ${disposition}\r\nContent-Type: ${type}\r\n\r\n.\r\n--b--\r\n`
    return this.send('POST', '/v1/attachments', form, { 'content-type': 'multipart/form-data; boundary=b' })
  }

  async #fetch(method: string, path: string, body?: string, headers = {}): Promise<Response> {
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await fetch(this.#origin + path, {
      method,
      headers: { authorization: `Bearer ${KEY}`, ...type, ...headers },
      ...(body !== undefined && { body }),
    })
    const buffered = await response.arrayBuffer()
    if (!response.ok) throw new Error(`${method} ${path.slice(0, 60)}: ${response.status}`)
    return new Response(response.status === 204 ? null : buffered, { status: response.status })
  }
}
