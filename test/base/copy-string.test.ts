import { randomBytes, randomUUID } from 'node:crypto'
import t from 'tap'
import { copyString } from '../../src/base/copy-string.ts'
import { KEY } from '../fake.ts'
import { ask } from '../fuzz/checks.ts'
import { Target } from '../fuzz/target.ts'

t.test('ownText: the same text, in which a lone surrogate is replaced', async (t) => {
  t.equal(copyString('aé😀'), 'aé😀')
  t.equal(copyString('a\ud800b'), 'a\ufffdb')
})

const TIMES = 100
const LONG = 50_000
/** Of `TIMES * LONG` bytes that pass by. */
const KEPT_MAX = 1_500_000

/** Requests that have the server keep a little of much: `much` is how long the text around it is. */
const REQUESTS: Record<string, (target: Target, much: number) => Promise<{ status: number }>> = {
  async 'the id in the address of a secret'(target, much) {
    const secret = { type: 'key-value', key: randomUUID(), value: 'v', sensitive: true, note: '' }
    const { id } = (await ask(target, 'POST', '/v1/secrets', secret)).body
    return ask(target, 'DELETE', `/v1/secrets/${id}?${'x'.repeat(much)}`)
  },
  async 'the id in the address of an entry of knowledge'(target, much) {
    const note = { name: 'n', body: 'b', trigger_description: 't' }
    const { id } = (await ask(target, 'POST', '/v1/knowledge', note)).body
    return ask(target, 'DELETE', `/v1/knowledge/${id}?${'x'.repeat(much)}`)
  },
  async 'the id in the address of a playbook'(target, much) {
    const playbook = { title: 't', body: 'b' }
    const { playbook_id: id } = (await ask(target, 'POST', '/v1/playbooks', playbook)).body
    const path = `/v1/playbooks/${id}?${'x'.repeat(much)}`
    await ask(target, 'PUT', path, playbook)
    return ask(target, 'DELETE', path)
  },
  'the start of the name of a file': (target, much) => upload(target, 'n'.repeat(much), 'text/plain'),
  'the type of a file': (target, much) => upload(target, 'n', `text/plain; charset=utf-8${' '.repeat(much)}`),
  'the organization of a key': (target, much) => {
    const text = `user-${'u'.repeat(much * 0.6)}_org-${randomBytes(16).toString('hex')}:${'0'.repeat(32)}`
    const key = `apk_user_${Buffer.from(text).toString('base64')}`
    return ask(target, 'GET', '/v1/secrets', undefined, key)
  },
}

t.test('of what passes by, only what is needed is kept', async (t) => {
  const target = await Target.start(['--journal-entries', '0'])
  t.teardown(() => target.stop())
  for (const [name, request] of Object.entries(REQUESTS)) {
    const repeat = async (times: number, much: number) => {
      for (let time = 0; time < times; time++) {
        const { status } = await request(target, much)
        if (status >= 300) throw new Error(`${name}: ${status}`)
      }
    }
    await repeat(TIMES / 4, 10)
    const before = await target.bytesInUse()

    await repeat(TIMES, LONG)

    const kept = (await target.bytesInUse()) - before
    t.ok(kept < KEPT_MAX, `${name}: ${kept} bytes more are in use`)
  }
})

function upload({ port }: Target, name: string, type: string): Promise<{ status: number }> {
  const disposition = `form-data; name="file"; filename="${name}"`
  return fetch(`http://127.0.0.1:${port}/v1/attachments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'multipart/form-data; boundary=b' },
    body: `--b\r\nContent-Disposition: ${disposition}\r\nContent-Type: ${type}\r\n\r\n.\r\n--b--\r\n`,
  })
}
