import type { Step } from './scenario.ts'

/** The first step of a turn. */
export const working: Step = { after_seconds: 0, status_enum: 'working' }

/** Opens a pull request. */
export const pullRequest = (after_seconds: number): Step => ({
  after_seconds,
  message: 'I opened {{pull_request_url}}',
  pull_request: { url: '{{pull_request_url}}' },
})

/** Finishes the turn with an output. The members are in the order in which a state is restored. */
export const finished = (after_seconds: number, detail: Pick<Step, 'status_detail'> = {}): Step => ({
  after_seconds,
  status_enum: 'finished',
  message: 'Done: {{request}}',
  ...detail,
  structured_output: { $sample: 'full' },
  acus: 1.5,
})

/** The response of most scenarios to a user message: work again, then finish. */
export const workOn: Step[] = [
  working,
  { after_seconds: 2, message: 'Understood: {{last_message}}' },
  pullRequest(6),
  finished(8),
]
