import type { SessionDetail } from '../../schemas/control/sessions.ts'
import type { Effect } from '../../simulation/scenario.ts'

type PullRequest = SessionDetail['pull_requests'][number]

/** The states of a pull request. */
export const PULL_REQUEST_STATES = ['open', 'merged', 'closed'] as const

/** The reasons for which a session can be suspended, as v3 calls them. */
export const SUSPENSION_REASONS = [
  'inactivity',
  'user_request',
  'usage_limit_exceeded',
  'out_of_credits',
  'out_of_quota',
  'no_quota_allocation',
  'payment_declined',
  'contract_expired',
  'org_usage_limit_exceeded',
  'user_usage_limit_exceeded',
  'total_session_limit_exceeded',
  'error',
] as const

/** A reason for which a session can be suspended. */
export type SuspensionReason = (typeof SUSPENSION_REASONS)[number]

/** What Devin can be made to do. */
export const EFFECTS = ['block', 'finish', 'suspend', 'pull', 'fail', 'expire'] as const

/** Something that Devin can be made to do. */
export type EffectName = (typeof EFFECTS)[number]

/** What a user has filled in. */
export interface EffectValues {
  /** What Devin says. Empty for nothing. */
  readonly message: string
  /** JSON. Empty for no output. */
  readonly output: string
  readonly reason: SuspensionReason
  readonly url: string
  readonly state: PullRequest['state']
}

/** Returns the values that the fields begin with. */
export function initialValues(session: SessionDetail): EffectValues {
  return {
    message: '',
    output: session.structured_output_schema === null ? '' : '{"$sample": "full"}',
    reason: 'inactivity',
    url: plausiblePullRequest(session),
    state: 'open',
  }
}

/** Returns an effect. Throws SyntaxError if the output is not JSON. */
export function effectOf(name: EffectName, session: SessionDetail, values: EffectValues): Effect {
  const message = values.message.trim() === '' ? {} : { message: values.message }
  return { ...message, ...ownEffect(name, session, values) }
}

function ownEffect(
  name: EffectName,
  session: SessionDetail,
  { output, reason, url, state }: EffectValues,
): Effect {
  switch (name) {
    case 'block':
      return { status_enum: 'blocked' }
    case 'finish':
      return {
        status_enum: 'finished',
        ...(output.trim() !== '' && { structured_output: JSON.parse(output) as unknown }),
      }
    case 'suspend':
      return {
        status: 'suspended',
        status_enum: reason === 'user_request' ? 'suspend_requested_frontend' : 'suspend_requested',
        status_detail: reason,
      }
    case 'pull':
      return { pull_requests: withPullRequest(session.pull_requests, { url: url.trim(), state }) }
    case 'fail':
      // As observed: v1's `status_enum` stays `blocked`.
      return { status: 'error', status_enum: 'blocked' }
    case 'expire':
      return { status_enum: 'expired' }
  }
}

/** Returns pull requests with another one, or with its new state. */
export function withPullRequest(all: readonly PullRequest[], added: PullRequest): PullRequest[] {
  if (!all.some(({ url }) => url === added.url)) return [...all, added]
  return all.map((one) => (one.url === added.url ? added : one))
}

/** Returns what `{{pull_request_url}}` stands for in scenarios, or an address with a later number. */
export function pullRequestUrl(sessionId: string, added = 0): string {
  return `https://github.com/fake-devin/demo/pull/${(Number.parseInt(sessionId.slice(-4), 16) || 1) + added}`
}

/** Returns the address of a pull request that the session does not have yet: the same as scenarios begin with. */
export function plausiblePullRequest({
  session_id: id,
  pull_requests: all,
}: Pick<SessionDetail, 'session_id' | 'pull_requests'>): string {
  const used = new Set(all.map(({ url }) => url))
  let added = 0
  while (used.has(pullRequestUrl(id, added))) added++
  return pullRequestUrl(id, added)
}

/** Returns the tags in a text with commas between, each once. */
export function tagsIn(text: string): string[] {
  const tags = text
    .split(/[,，]/)
    .map((tag) => tag.trim())
    .filter(Boolean)
  return [...new Set(tags)]
}

/** The longest title that is made of a prompt, in characters. */
const TITLE_MAX = 60

/** Returns the title for a prompt in which a marker would otherwise become part of the title. */
export function titleFor(prompt: string): string {
  const [line = ''] = prompt.trim().split('\n', 1)
  return line.length <= TITLE_MAX ? line.trim() : `${line.slice(0, TITLE_MAX - 1).toWellFormed()}…`
}

/** Returns a prompt that chooses a scenario by its name. Empty for the one that the rules choose. */
export function withScenario(prompt: string, name: string): string {
  return name === '' ? prompt : `${prompt.trimEnd()} [fake:${name}]`
}
