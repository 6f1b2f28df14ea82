import type { Scenario, Step } from './scenario.ts'

const finish = (after_seconds: number): Step => ({
  after_seconds,
  message: 'Done. {{request}}',
  structured_output: { $sample: 'full' },
  acus: 1.5,
  status_enum: 'finished',
})

/** The scenarios that need no set-up, by name. */
export const builtInScenarios = {
  default: {
    steps: [
      { after_seconds: 0, status_enum: 'working' },
      { after_seconds: 1, message: "I'm on it: {{request}}" },
      { after_seconds: 4, message: 'The change is ready, I am opening a pull request.', acus: 0.8 },
      {
        after_seconds: 6,
        pull_request: { url: '{{pull_request_url}}' },
        message: 'I opened {{pull_request_url}}',
      },
      finish(8),
    ],
    on_message: [
      { after_seconds: 0, status_enum: 'working' },
      { after_seconds: 1, message: 'Understood: {{last_message}}' },
      { after_seconds: 4, pull_request: { url: '{{pull_request_url}}' } },
      finish(6),
    ],
  },
} satisfies Record<string, Scenario>
