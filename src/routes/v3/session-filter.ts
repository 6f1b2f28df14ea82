import type { Actor } from '../../auth/principal.ts'
import { nextTurn } from '../../fastapi/turns.ts'
import { type Organization, sessionNow } from '../../organization/organizations.ts'
import { usesPlaybook } from '../../organization/playbooks.ts'
import { sessionId } from '../../organization/sessions.ts'
import type { SessionRecord } from '../../resources/sessions.ts'
import type { Operations } from '../../schemas/v3/contract.ts'
import { creatorIds } from '../../schemas/v3/sessions.ts'
import { type RepositoryName, repositoryNameIn } from '../../simulation/repository-names.ts'
import type { SessionState } from '../../simulation/session.ts'

/** The query of a list of sessions. */
export type SessionQuery = Operations['GET /v3/organizations/{org_id}/sessions']['query']

type Condition<Subject> = (subject: Subject) => boolean

/** The number of states that are computed per turn of the event loop. */
const STATES_PER_TURN = 1_000

/** Returns a function that selects the sessions of a query, or undefined if it selects all of them. */
export async function sessionFilter(
  organization: Organization,
  query: SessionQuery,
): Promise<Condition<SessionRecord> | undefined> {
  const onRecords = allOf([...originConditions(query), ...recordConditions(query, organization)])
  const onStates = allOf(stateConditions(query))
  if (onStates === undefined) return onRecords
  // Computing states takes time, so each is computed once, and in several turns of the event loop.
  const selected = new Set<string>()
  const candidates = await organization.sessions.list({ ...(onRecords && { where: onRecords }) })
  for (const [index, session] of candidates.entries()) {
    if (index % STATES_PER_TURN === STATES_PER_TURN - 1) await nextTurn()
    if (onStates(sessionNow(organization, session))) selected.add(session.id)
  }
  return ({ id }) => selected.has(id)
}

/**
 * Returns a function that selects the creators of a query, by the ids that sessions show, or undefined if it selects all of them.
 * A session has one creator, so the two lists select those of either.
 */
export function creatorFilter({
  user_ids: users,
  service_user_ids: serviceUsers,
}: Pick<SessionQuery, 'user_ids' | 'service_user_ids'>): Condition<Actor | null> | undefined {
  if (users == null && serviceUsers == null) return undefined
  const [isUser, isServiceUser] = [anyOf(users), anyOf(serviceUsers)]
  return (creator) => {
    const { user_id: user, service_user_id: serviceUser } = creatorIds(creator)
    return isUser([user]) || isServiceUser([serviceUser])
  }
}

/** Returns the conditions on the creation of a session. */
function originConditions(query: SessionQuery): Condition<SessionRecord>[] {
  const { schedule_id: scheduleId } = query
  const isCreator = creatorFilter(query)
  const conditions: Condition<SessionRecord>[] = []
  if (isCreator !== undefined) conditions.push(({ createdBy }) => isCreator(createdBy))
  if (query.origins != null) {
    const isOrigin = anyOf(query.origins)
    conditions.push(({ origin, scheduleId: own }) => isOrigin([origin, own === null ? null : 'scheduled']))
  }
  if (query.automation_ids != null) {
    const isAutomation = anyOf(query.automation_ids)
    conditions.push(({ automationId }) => isAutomation([automationId]))
  }
  if (scheduleId != null) conditions.push((session) => session.scheduleId === scheduleId)
  return [...conditions, ...timeConditions(query.created_after, query.created_before).map(onCreation)]
}

function onCreation(holds: Condition<number>): Condition<SessionRecord> {
  return ({ createdAt }) => holds(createdAt)
}

/** Returns the conditions on other stored fields. */
function recordConditions(query: SessionQuery, { answers }: Organization): Condition<SessionRecord>[] {
  const { session_ids: ids, tags, repo_names: repos, playbook_id: playbookId, is_archived: archived } = query
  const isId = anyOf(ids?.map(sessionId))
  const isTagged = answers.is('v3-tag-filter', 'all') ? everyOf(tags ?? []) : anyOf(tags)
  const conditions: Condition<SessionRecord>[] = []
  if (ids != null) conditions.push(({ id }) => isId([id]))
  if (tags != null) conditions.push((session) => isTagged(session.tags))
  if (repos != null) conditions.push(onRepositories(repos))
  if (playbookId != null) conditions.push((session) => usesPlaybook(session, playbookId))
  if (archived != null) conditions.push(({ archivedAt }) => (archivedAt !== null) === archived)
  return conditions
}

/** Selects sessions by the names of their repositories. Compares hosts only where both the session and the query have one. */
function onRepositories(wanted: readonly string[]): Condition<SessionRecord> {
  const hostsByName = new Map<string, Set<string | null>>()
  for (const text of wanted) {
    const { host, name } = repositoryIn(text)
    hostsByName.set(name, (hostsByName.get(name) ?? new Set()).add(host))
  }
  return ({ repos }) =>
    repos.some((text) => {
      const { host, name } = repositoryIn(text)
      const hosts = hostsByName.get(name)
      return hosts !== undefined && (host === null || hosts.has(null) || hosts.has(host))
    })
}

function repositoryIn(text: string): RepositoryName {
  return repositoryNameIn(text) ?? { host: null, name: text }
}

/** Returns the conditions on the state, which is computed. */
function stateConditions({
  updated_after: after,
  updated_before: before,
  category: wanted,
}: SessionQuery): Condition<SessionState>[] {
  const conditions = timeConditions(after, before).map(
    (holds): Condition<SessionState> =>
      ({ changedAt }) =>
        holds(changedAt),
  )
  if (wanted != null) conditions.push(({ category }) => category === wanted)
  return conditions
}

/** Returns the conditions on a time in microseconds. Both limits, in Unix seconds, are included. */
function timeConditions(after?: number | null, before?: number | null): Condition<number>[] {
  const conditions: Condition<number>[] = []
  // Validated integers may be of any size.
  if (after != null) conditions.push((time) => time >= Number(after) * 1_000_000)
  if (before != null) conditions.push((time) => time < (Number(before) + 1) * 1_000_000)
  return conditions
}

function allOf<Subject>(conditions: readonly Condition<Subject>[]): Condition<Subject> | undefined {
  if (conditions.length === 0) return undefined
  return (subject) => conditions.every((holds) => holds(subject))
}

/** Returns a function that tells whether any of its values is wanted. No value is unless `wanted` is a list. */
function anyOf(
  wanted: readonly string[] | null | undefined,
): Condition<readonly (string | null | undefined)[]> {
  const set = new Set<string | null | undefined>(wanted)
  return (values) => values.some((value) => set.has(value))
}

/** Returns a function that tells whether its values include all wanted ones. */
function everyOf(wanted: readonly string[]): Condition<readonly string[]> {
  return (values) => {
    const set = new Set(values)
    return wanted.every((value) => set.has(value))
  }
}
