import type fc from 'fast-check'
import { mintCogKeys } from '../../src/auth/cog-keys.ts'
import { seededIds } from '../../src/base/ids.ts'
import { type Client, clientsOf, type FuzzRequest } from './requests.ts'
import type { WireAnswer } from './wire.ts'

/** An organization with data that only its own clients and the enterprise may see. */
export interface Tenant {
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

export const TENANTS = [ONE, TWO]

/** A key that belongs to no organization and is accepted for all of them, and for the enterprise. */
export const OPEN_KEY = 'cog_fuzz'

/** The beginning of every secret value of the tenants. No request contains it. */
export const SECRET = 'hidden-value'

type WeightedClient = Client & { readonly weight: number }

function client(weight: number, key: string, { orgId }: Tenant): WeightedClient {
  return { weight, authorization: `Bearer ${key}`, orgId }
}

/** Clients of two organizations, some of which try to use the other one. */
const organizationClients = clientsOf([
  client(8, ONE.key, ONE),
  client(5, TWO.key, TWO),
  client(2, OPEN_KEY, ONE),
  client(1, OPEN_KEY, TWO),
  client(1, ONE.key, TWO),
  client(1, TWO.key, ONE),
])

/** Clients of the enterprise, and some of organizations, which may not use its operations. */
const enterpriseClients = clientsOf([
  client(10, OPEN_KEY, ONE),
  client(6, OPEN_KEY, TWO),
  client(1, ONE.key, ONE),
  client(1, TWO.key, ONE),
])

/** Returns a generator of clients for the operations at a path. */
export function v3Clients(template: string): fc.Arbitrary<Client> {
  return isOfEnterprise(template) ? enterpriseClients : organizationClients
}

/** Returns whether a path belongs to the enterprise, which sees the data of all organizations. */
export function isOfEnterprise(path: string): boolean {
  return /^\/v3(?:beta1)?\/enterprise\//.test(path)
}

function keyOf({ headers }: FuzzRequest): string {
  const [, authorization = ''] = headers.find(([name]) => name === 'authorization') ?? []
  return authorization.replace(/^bearer +/i, '')
}

/** Returns the organizations whose data the answer to a request may contain. */
function readableFor(request: FuzzRequest): readonly Tenant[] {
  const key = keyOf(request)
  const path = `/${request.segments.join('/')}`
  if (key !== OPEN_KEY) return isOfEnterprise(path) ? [] : TENANTS.filter((one) => one.key === key)
  if (isOfEnterprise(path)) return TENANTS
  const orgId = request.segments.find((one) => TENANTS.some((tenant) => tenant.orgId === one))
  return TENANTS.filter((one) => one.orgId === orgId)
}

/**
 * Throws an Error if an answer contains data of an organization that its client may not see, or a secret value, or if a client of an
 * organization has used an operation of the enterprise.
 */
export function checkPrivacy(request: FuzzRequest, answer: WireAnswer, secrets: Iterable<string>): void {
  const { body, status } = answer
  const readable = readableFor(request)
  for (const tenant of TENANTS) {
    if (!readable.includes(tenant) && body.includes(tenant.marker)) {
      throw new Error(`it shows data of ${tenant.orgId}`)
    }
  }
  for (const secret of [SECRET, ...secrets]) {
    if (body.includes(secret)) throw new Error(`it shows the secret value ${secret}`)
  }
  const isBound = TENANTS.some(({ key }) => key === keyOf(request))
  if (isBound && isOfEnterprise(`/${request.segments.join('/')}`) && status < 300) {
    throw new Error('the key of an organization is good for the enterprise')
  }
}

/** Adds the tokens in an answer to the secrets that no later answer may contain. */
export function collectTokens(secrets: Set<string>, answer: string): void {
  for (const [, token = ''] of answer.matchAll(/"token":"(cog_[a-z2-7]{52})"/g)) secrets.add(token)
}
