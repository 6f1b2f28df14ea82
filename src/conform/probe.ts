import { StartError } from '../settings/start-error.ts'
import { type Access, type Answer, Api, type Keys } from './api.ts'
import { mediaType } from './describe.ts'
import { NoAnswer } from './errors.ts'

/** The usable keys, and the organization of v3. */
interface Known extends Pick<Access, 'keys' | 'orgId'> {
  /** The keys that cannot be used, each with the reason. */
  readonly refusals: readonly string[]
}

/** A request that every key of the generation may send. */
const PROBES = { v1: '/v1/sessions?limit=1', v3: '/v3/self' } as const

/**
 * Finds out which keys the server accepts, and the organization of the v3 key unless one is given. Rejects with StartError if the server
 * does not answer, answers without JSON, or refuses all keys.
 */
export async function probe(access: Access): Promise<Known> {
  const api = new Api(access)
  const keys: { -readonly [Name in keyof Keys]: Keys[Name] } = { v1: undefined, v3: undefined }
  let { orgId } = access
  const refusals: string[] = []
  for (const generation of ['v1', 'v3'] as const) {
    if (access.keys[generation] === undefined) continue
    const answer = await answerOf(api, PROBES[generation])
    const flaw = flawOf(answer)
    if (flaw === undefined) keys[generation] = access.keys[generation]
    else refusals.push(`${answer.method} ${answer.path}: ${flaw}`)
    const own = Object(answer.json).org_id
    if (generation === 'v3' && typeof own === 'string') orgId ??= own
  }
  if (keys.v1 === undefined && keys.v3 === undefined) throw new StartError(refusals.join('\n'))
  return { keys, orgId, refusals }
}

async function answerOf(api: Api, path: string): Promise<Answer> {
  try {
    return await api.call('GET', path)
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    throw new StartError(`the server does not answer: ${error.message}`)
  }
}

/** Returns why a key cannot be used. */
function flawOf({ status, json, headers }: Answer): string | undefined {
  if (status === 401 || status === 403) return `the server refuses the key (${status})`
  if (json !== undefined) return undefined
  return `${status} ${mediaType(headers)} instead of JSON; is the URL that of the API?`
}
