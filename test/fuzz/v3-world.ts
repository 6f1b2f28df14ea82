import { mintCogKeys } from '../../src/auth/cog-keys.ts'
import { seededIds } from '../../src/base/ids.ts'
import { ask } from './checks.ts'
import { collectValues } from './known-values.ts'
import { bytesOf, type Client, clientsOf, type FuzzRequest, type OpenApi } from './requests.ts'
import type { Target } from './target.ts'
import { converse, parseAnswers } from './wire.ts'

/** An organization with data that only its own clients may see. */
interface Tenant {
  readonly orgId: string
  /** A key that belongs to the organization. */
  readonly key: string
  /** A word in most of its records. No request contains it. */
  readonly marker: string
}

const [orgOne, orgTwo] = ['1', '2'].map((digit) => `org-${digit.repeat(32)}`) as [string, string]

const ONE: Tenant = {
  orgId: orgOne,
  key: mintCogKeys(orgOne, seededIds(1, 'one')).personal,
  marker: 'marker-of-one',
}

const TWO: Tenant = {
  orgId: orgTwo,
  key: mintCogKeys(orgTwo, seededIds(2, 'two')).service,
  marker: 'marker-of-two',
}

const TENANTS = [ONE, TWO]

/** A key that belongs to no organization and is accepted for all of them. */
const OPEN_KEY = 'cog_fuzz'

/** The beginning of every secret value of the tenants. No request contains it. */
const SECRET = 'hidden-value'

/** Generates clients of two organizations, some of which try to use the other one. */
export const v3Clients = clientsOf([
  { weight: 8, authorization: `Bearer ${ONE.key}`, orgId: ONE.orgId },
  { weight: 5, authorization: `Bearer ${TWO.key}`, orgId: TWO.orgId },
  { weight: 2, authorization: `Bearer ${OPEN_KEY}`, orgId: ONE.orgId },
  { weight: 1, authorization: `Bearer ${OPEN_KEY}`, orgId: TWO.orgId },
  { weight: 1, authorization: `Bearer ${ONE.key}`, orgId: TWO.orgId },
  { weight: 1, authorization: `Bearer ${TWO.key}`, orgId: ONE.orgId },
] satisfies (Client & { weight: number })[])

/** Returns the organization whose data the answer to a request may contain, if any. */
function readerOf({ headers, segments }: FuzzRequest): string | undefined {
  const [, authorization = ''] = headers.find(([name]) => name === 'authorization') ?? []
  const key = authorization.replace(/^bearer +/i, '')
  if (key !== OPEN_KEY) return TENANTS.find((one) => one.key === key)?.orgId
  return segments.find((one) => TENANTS.some(({ orgId }) => orgId === one))
}

/** Throws an Error if an answer contains data of an organization that its client may not see, or a secret value. */
export function checkPrivacy(request: FuzzRequest, answer: Buffer, secrets: readonly string[]): void {
  const reader = readerOf(request)
  for (const { orgId, marker } of TENANTS) {
    if (orgId !== reader && answer.includes(marker)) throw new Error(`it shows data of ${orgId}`)
  }
  for (const secret of [SECRET, ...secrets]) {
    if (answer.includes(secret)) throw new Error(`it shows the secret value ${secret}`)
  }
}

/** The bodies of the requests that create the records of an organization, by path. */
function recordsOf({ marker }: Tenant): [path: string, body: unknown][] {
  const secret = (number: number) => ({
    type: 'key-value',
    key: `${marker}-${number}`,
    value: `${SECRET}-${number} of ${marker}`,
    note: marker,
  })
  const session = {
    prompt: marker,
    title: marker,
    tags: [marker],
    session_secrets: [{ key: 'K', value: `${SECRET} of a session` }],
  }
  const note = { name: marker, body: marker, trigger: marker }
  const playbook = { title: marker, body: marker }
  const schedule = { name: marker, prompt: marker, frequency: '0 9 * * *', tags: [marker] }
  const automation = {
    name: marker,
    triggers: [{ event_type: 'webhook:incoming', conditions: null }],
    actions: [{ type: 'start_session', prompt: marker }],
    run_as: { type: 'organization' },
  }
  const serviceUser = { name: marker, role_id: 'org_member', ttl_seconds: 1_000 }
  return [
    ['secrets', secret(1)],
    ['secrets', secret(2)],
    ['sessions', session],
    ['sessions', session],
    ['knowledge/notes', note],
    ['knowledge/notes', note],
    ['playbooks', playbook],
    ['playbooks', playbook],
    ['schedules', schedule],
    ['automations', automation],
    ['automations', automation],
    ['service-users', serviceUser],
    ['pr-reviews', { pr_url: 'https://github.com/owner/repo/pull/1' }],
    ['code-scans', { repo_name: marker }],
  ]
}

/** The values that requests can refer to, and the secrets that no later answer may contain. */
export interface World {
  readonly known: Record<string, string[]>
  readonly secrets: readonly string[]
}

/** Creates the records of both organizations, and reads the first page of each list, so that cursors are known. */
export async function createWorld(target: Target, { paths }: OpenApi): Promise<World> {
  const known: Record<string, string[]> = {}
  const secrets: string[] = []
  for (const tenant of TENANTS) {
    const { orgId, key } = tenant
    for (const [path, body] of recordsOf(tenant)) {
      const template = `/v3/organizations/{org_id}/${path}`
      if (paths[template] === undefined) continue
      const answer = await ask(target, 'POST', template.replace('{org_id}', orgId), body, key)
      if (answer.status !== 200) throw new Error(`POST ${path} is answered ${JSON.stringify(answer)}`)
      const text = JSON.stringify(answer.body)
      collectValues(known, template, text)
      secrets.push(...[...text.matchAll(/"(?:secret|token)":"([^"]+)"/g)].map(([, secret = '']) => secret))
    }
    const received = await converse(target.port, { pieces: [bytesOf(upload(tenant), {})], ending: 'waits' })
    for (const { body } of parseAnswers(received)) collectValues(known, '', body.toString())
    for (const template of cursorLists(paths)) {
      const path = template.replace('{org_id}', orgId)
      const { body } = await ask(target, 'GET', `${path}?first=1`, undefined, key)
      collectValues(known, template, JSON.stringify(body))
    }
  }
  return { known, secrets }
}

/** Returns the lists by cursor whose path names nothing but the organization. */
function cursorLists(paths: OpenApi['paths']): string[] {
  return Object.entries(paths).flatMap(([template, { get }]) =>
    /^[^{]*\{org_id\}[^{]*$/.test(template) && get?.parameters?.some(({ name }) => name === 'after')
      ? [template]
      : [],
  )
}

function upload({ orgId, key }: Tenant): FuzzRequest {
  return {
    method: 'POST',
    template: '/v3/organizations/{org_id}/attachments',
    segments: ['v3', 'organizations', orgId, 'attachments'],
    query: '',
    headers: [
      ['authorization', `Bearer ${key}`],
      ['content-type', 'multipart/form-data; boundary=fuzz'],
    ],
    body: '--fuzz\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--fuzz--\r\n',
  }
}
