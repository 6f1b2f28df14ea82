import { ask } from './checks.ts'
import { collectValues, knownValue } from './known-values.ts'
import { bytesOf, type FuzzRequest, type OpenApi } from './requests.ts'
import type { Target } from './target.ts'
import { buildsOf, type Creation, enterpriseRecords, FIXED_VALUES, recordsOf } from './v3-records.ts'
import { isOfEnterprise, TENANTS } from './v3-tenants.ts'
import { converse, parseAnswers } from './wire.ts'

/** The values that requests can refer to, and the secrets that no later answer may contain. */
export interface World {
  readonly known: Record<string, string[]>
  readonly secrets: Set<string>
}

/** The age of the builds, in seconds. They have ended by then. */
const BUILDS_AGE = 180

/** Creates the records of the organizations and the enterprise, and reads the first page of each list, so that cursors are known. */
export async function createWorld(target: Target, { paths }: OpenApi): Promise<World> {
  const known: Record<string, string[]> = Object.fromEntries(
    Object.entries(FIXED_VALUES).map(([name, values]) => [name, [...values]]),
  )
  const world: World = { known, secrets: new Set() }
  const createAll = async (creations: readonly Creation[]) => {
    for (const creation of creations) await create(target, world, creation)
  }
  await createAll(TENANTS.flatMap(buildsOf))
  await ask(target, 'POST', '/_fake/clock/advance', { seconds: BUILDS_AGE })
  await createAll([...TENANTS.flatMap(recordsOf), ...enterpriseRecords()])
  for (const { orgId, key } of TENANTS) {
    for (const template of cursorLists(paths)) {
      const path = template.replace('{org_id}', orgId)
      const { body } = await ask(target, 'GET', `${path}?first=1`, undefined, key)
      collectValues(known, template, JSON.stringify(body))
    }
  }
  return world
}

/** Sends a request that creates something, and adds the values and secrets in its answer to the world. */
async function create(target: Target, { known, secrets }: World, creation: Creation): Promise<void> {
  const request = requestOf(creation)
  const received = await converse(target.port, { pieces: [bytesOf(request, known)], ending: 'waits' })
  const [answer] = parseAnswers(received, [request.method])
  if (answer === undefined || answer.status >= 300) {
    throw new Error(`${request.method} ${request.template} is answered ${received}`)
  }
  const text = answer.body.toString()
  collectValues(known, request.template, text)
  for (const [, secret = ''] of text.matchAll(/"(?:secret|token)":"([^"]+)"/g)) secrets.add(secret)
}

function requestOf({ method, template, parameters, body, file, orgId, key }: Creation): FuzzRequest {
  const segments = template.slice(1).split('/')
  const values: Readonly<Record<string, string>> = { ...parameters, org_id: orgId }
  const [type, sent] =
    file === undefined
      ? ['application/json', JSON.stringify(body)]
      : ['multipart/form-data; boundary=fuzz', formOf(file.name)]
  return {
    method: method ?? 'POST',
    template,
    segments: segments.map((one) => {
      const [, name] = /^\{(\w+)\}$/.exec(one) ?? []
      return name === undefined ? one : (values[name] ?? knownValue(name, 0))
    }),
    query: file?.query ?? '',
    headers: [
      ['authorization', `Bearer ${key}`],
      ['content-type', type as string],
    ],
    body: sent as string,
  }
}

function formOf(name: string): string {
  const header = `Content-Disposition: form-data; name="file"; filename="${name}"`
  return `--fuzz\r\n${header}\r\n\r\nhello\r\n--fuzz--\r\n`
}

/** Returns the lists by cursor of organizations whose path names nothing but the organization. */
function cursorLists(paths: OpenApi['paths']): string[] {
  return Object.entries(paths).flatMap(([template, { get }]) =>
    /^[^{]*\{org_id\}[^{]*$/.test(template) &&
    !isOfEnterprise(template) &&
    get?.parameters?.some(({ name }) => name === 'after')
      ? [template]
      : [],
  )
}
