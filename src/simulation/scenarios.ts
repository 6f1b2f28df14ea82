import type { Scenario, Step } from './scenario.ts'
import { finished, pullRequest, working, workOn } from './scenario-steps.ts'
import { detailedScenarios } from './scenarios-v3.ts'

/** A turn that advances with each read of the session. */
const inThreeReads: Step[] = [
  working,
  { after_reads: 2, message: 'Nearly there.', acus: 0.7 },
  {
    after_reads: 3,
    status_enum: 'finished',
    message: 'Done: {{request}}',
    pull_request: { url: '{{pull_request_url}}' },
    structured_output: { $sample: 'full' },
    acus: 1.5,
  },
]

/** The built-in scenarios and their purposes. `docs/scenarios.md` is generated from them. */
export const builtIns = {
  default: {
    purpose: 'The default: works, opens a pull request, finishes.',
    scenario: {
      steps: [
        working,
        { after_seconds: 1, message: "I'm on it: {{request}}" },
        { after_seconds: 4, message: 'The change is ready.', acus: 0.8 },
        pullRequest(6),
        finished(8),
      ],
      on_message: workOn,
    },
  },
  'blocked-then-finished': {
    purpose: 'Asks a question, waits for a message, then continues and finishes.',
    scenario: {
      steps: [
        working,
        { after_seconds: 3, status_enum: 'blocked', message: 'Which branch should I use?', acus: 0.4 },
      ],
      on_message: workOn,
    },
  },
  blocked: {
    purpose: 'Stays blocked with an open pull request, as many successful sessions do.',
    scenario: {
      steps: [
        working,
        { after_seconds: 2, message: "I'm on it: {{request}}" },
        pullRequest(5),
        {
          after_seconds: 6,
          status_enum: 'blocked',
          message: 'Please review {{pull_request_url}}',
          structured_output: { $sample: 'full' },
          acus: 1.2,
        },
      ],
      on_message: [
        working,
        { after_seconds: 2, message: 'Understood: {{last_message}}' },
        { after_seconds: 5, status_enum: 'blocked', message: 'I updated {{pull_request_url}}', acus: 1.6 },
      ],
    },
  },
  expired: {
    purpose: 'Asks a question and expires without an answer.',
    scenario: {
      steps: [
        working,
        { after_seconds: 3, status_enum: 'blocked', message: 'How should I go on?', acus: 0.4 },
        { after_seconds: 60, status_enum: 'expired' },
      ],
      on_message: workOn,
    },
  },
  suspended: {
    purpose: 'Is suspended; a message resumes it, through resume_requested and resumed.',
    scenario: {
      steps: [
        working,
        { after_seconds: 3, status_enum: 'suspend_requested', message: 'I will wait for you.', acus: 0.4 },
        { after_seconds: 5, status: 'suspended' },
      ],
      on_message: [
        { after_seconds: 0, status_enum: 'resume_requested' },
        { after_seconds: 2, status_enum: 'resumed' },
        { after_seconds: 3, status_enum: 'working', message: 'Understood: {{last_message}}' },
        finished(8),
      ],
    },
  },
  'suspended-in-app': {
    purpose: 'Is suspended and later resumed in the web app, which shows the `…_frontend` values.',
    scenario: {
      steps: [
        working,
        { after_seconds: 3, status_enum: 'suspend_requested_frontend', acus: 0.4 },
        { after_seconds: 5, status: 'suspended' },
        { after_seconds: 60, status_enum: 'resume_requested_frontend' },
        { after_seconds: 62, status_enum: 'resumed' },
        { after_seconds: 63, status_enum: 'working', message: 'I am back at work.' },
        finished(68),
      ],
      on_message: workOn,
    },
  },
  'suspended-for-cost': {
    purpose: 'Runs out of ACUs (5, or its `max_acu_limit` if lower) and is suspended; no message resumes it.',
    scenario: {
      steps: [
        working,
        { after_seconds: 3, message: "I'm on it: {{request}}", acus: 2 },
        { after_seconds: 6, message: 'There are no ACUs left for this session.' },
        { status_enum: 'suspend_requested', acus: 5 },
        { after_seconds: 8, status: 'suspended', status_detail: 'usage_limit_exceeded' },
      ],
    },
  },
  queued: {
    purpose: 'Is queued before it starts: `status` is `new`, then `claimed`, with `status_enum` null.',
    scenario: {
      steps: [
        { after_seconds: 20, status: 'claimed' },
        { after_seconds: 30, status_enum: 'working' },
        { after_seconds: 32, message: "I'm on it: {{request}}" },
        pullRequest(36),
        finished(38),
      ],
      on_message: workOn,
    },
  },
  slow: {
    purpose: 'Takes half an hour, with progress every few minutes.',
    scenario: {
      steps: [
        working,
        { after_seconds: 60, message: 'I am reading the code.', acus: 0.5 },
        { after_seconds: 600, message: 'I found the place.', acus: 2 },
        { after_seconds: 1500, message: 'The tests pass.', acus: 4 },
        pullRequest(1740),
        { ...finished(1800), acus: 5 },
      ],
      on_message: workOn,
    },
  },
  never: {
    purpose: 'Works and never finishes.',
    scenario: {
      steps: [working, { after_seconds: 2, message: "I'm on it: {{request}}" }],
    },
  },
  'no-output': {
    purpose: 'Finishes without a structured output, even if v3 requires one.',
    scenario: {
      steps: [
        working,
        pullRequest(5),
        { ...finished(6), message: 'Done: {{request}}', structured_output: null },
      ],
      on_message: [working, { ...finished(6), message: 'Done: {{last_message}}', structured_output: null }],
    },
  },
  'partial-output': {
    purpose: 'Shows an incomplete structured output first: only the required members.',
    scenario: {
      steps: [
        working,
        { after_seconds: 3, message: 'Halfway there.', structured_output: { $sample: 'partial' }, acus: 0.7 },
        finished(8),
      ],
      on_message: workOn,
    },
  },
  'late-message': {
    purpose: 'Is blocked before its last message appears, as observed on the real service.',
    scenario: {
      steps: [
        working,
        { after_seconds: 3, status_enum: 'blocked', acus: 0.4 },
        { after_seconds: 6, message: 'Sorry for the wait. Which branch should I use?' },
      ],
      on_message: workOn,
    },
  },
  'no-pull-request': {
    purpose: 'Finishes without a pull request, since nothing had to change.',
    scenario: {
      steps: [
        working,
        { after_seconds: 4, message: 'There is nothing to change.' },
        { ...finished(5), message: 'Done, without a pull request.' },
      ],
      on_message: [working, { ...finished(5), message: 'Done, without a pull request.' }],
    },
  },
  error: {
    purpose: 'Fails: `status` is `error`, and `status_enum` stays `blocked`.',
    scenario: {
      steps: [
        working,
        {
          after_seconds: 3,
          status: 'error',
          status_enum: 'blocked',
          message: 'Something went wrong on my side.',
        },
      ],
    },
  },
  'three-reads': {
    purpose: 'Advances with each read instead of time: the third GET shows it finished.',
    scenario: { steps: inThreeReads, on_message: inThreeReads },
  },
  'out-of-quota': {
    purpose: 'Creates no session: the creation answers with the billing error.',
    scenario: {
      steps: [],
      create_error: { status: 403, detail: 'Your organization has a billing error. Error: out_of_quota' },
    },
  },
  ...detailedScenarios,
} satisfies Record<string, { readonly purpose: string; readonly scenario: Scenario }>

/** The name of a built-in scenario. */
export type BuiltInName = keyof typeof builtIns

/** The built-in scenarios by name. */
export const builtInScenarios = Object.fromEntries(
  Object.entries(builtIns).map(([name, { scenario }]) => [name, scenario]),
) as { readonly [Name in BuiltInName]: Scenario }
