import { randomBytes, randomUUID } from 'node:crypto'
import t from 'tap'
import { copyString } from '../../src/base/copy-string.ts'
import { KEY } from '../fake.ts'
import { ask } from '../fuzz/checks.ts'
import { Target } from '../fuzz/target.ts'

t.test('copyString returns an equal string and replaces lone surrogates', async (t) => {
  t.equal(copyString('aé😀'), 'aé😀')
  t.equal(copyString('a\ud800b'), 'a\ufffdb')
})

const V3_KEY = 'cog_test'
const TIMES = 100
const LONG = 50_000
/** The maximum number of bytes retained from `TIMES * LONG` received bytes. */
const RETAINED_MAX = 1_500_000

/** Requests from which the server stores a short part of a long text. `length` is the length of that text. */
const REQUESTS: Record<string, (target: Target, length: number) => Promise<{ status: number }>> = {
  async 'the id in the URL of a secret'(target, length) {
    const secret = { type: 'key-value', key: randomUUID(), value: 'v', sensitive: true, note: '' }
    const { id } = (await ask(target, 'POST', '/v1/secrets', secret)).body
    return ask(target, 'DELETE', `/v1/secrets/${id}?${'x'.repeat(length)}`)
  },
  async 'the id in the URL of a knowledge entry'(target, length) {
    const note = { name: 'n', body: 'b', trigger_description: 't' }
    const { id } = (await ask(target, 'POST', '/v1/knowledge', note)).body
    return ask(target, 'DELETE', `/v1/knowledge/${id}?${'x'.repeat(length)}`)
  },
  async 'the id in the URL of a playbook'(target, length) {
    const playbook = { title: 't', body: 'b' }
    const { playbook_id: id } = (await ask(target, 'POST', '/v1/playbooks', playbook)).body
    const path = `/v1/playbooks/${id}?${'x'.repeat(length)}`
    await ask(target, 'PUT', path, playbook)
    return ask(target, 'DELETE', path)
  },
  async 'the name in the URL of a group'(target, length) {
    const name = `idp-group-${'n'.repeat(20)}`
    const [all, path] = ['/v3/enterprise/idp-groups', `/v3/enterprise/members/idp-groups/${name}`]
    await ask(target, 'POST', all, { idp_group_names: [name] }, V3_KEY)
    await ask(target, 'POST', path, { role_id: 'account_admin' }, V3_KEY)
    return ask(target, 'PATCH', `${path}?${'x'.repeat(length)}`, { role_id: 'account_admin' }, V3_KEY)
  },
  async 'the id in the URL of an organization'(target, length) {
    const all = '/v3/enterprise/organizations'
    const { org_id: id } = (await ask(target, 'POST', all, { name: 'n' }, V3_KEY)).body
    const path = `${all}/${id}?${'x'.repeat(length)}`
    await ask(target, 'PATCH', path, { name: 'o' }, V3_KEY)
    return ask(target, 'DELETE', path, undefined, V3_KEY)
  },
  'the id in the URL of an organization that is new': (target, length) => {
    const id = `org-${randomBytes(16).toString('hex')}`
    return ask(target, 'GET', `/v3/organizations/${id}/sessions?${'x'.repeat(length)}`, undefined, V3_KEY)
  },
  'the start of a file name': (target, length) => upload(target, 'n'.repeat(length), 'text/plain'),
  'the content type of a file': (target, length) =>
    upload(target, 'n', `text/plain; charset=utf-8${' '.repeat(length)}`),
  'the organization of a key': (target, length) => {
    const text = `user-${'u'.repeat(length * 0.6)}_org-${randomBytes(16).toString('hex')}:${'0'.repeat(32)}`
    const key = `apk_user_${Buffer.from(text).toString('base64')}`
    return ask(target, 'GET', '/v1/secrets', undefined, key)
  },
}

t.test('the server does not retain the request that a stored substring comes from', async (t) => {
  const target = await Target.start(['--journal-entries', '0'])
  t.teardown(() => target.stop())
  for (const [name, request] of Object.entries(REQUESTS)) {
    const repeat = async (times: number, length: number) => {
      for (let time = 0; time < times; time++) {
        const { status } = await request(target, length)
        if (status >= 300) throw new Error(`${name}: ${status}`)
      }
    }
    await repeat(TIMES / 4, 10)
    const before = await target.bytesInUse()

    await repeat(TIMES, LONG)

    const retained = (await target.bytesInUse()) - before
    t.ok(retained < RETAINED_MAX, `${name}: ${retained} more bytes are in use`)
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
