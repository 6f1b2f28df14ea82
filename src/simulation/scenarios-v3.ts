import type { Scenario, StatusDetail } from './scenario.ts'
import { finished, pullRequest, working, workOn } from './scenario-steps.ts'

/** The built-in scenarios whose peculiarity only v3 shows. */
export const detailedScenarios = {
  'needs-approval': {
    purpose: 'Asks for an approval, as sessions in safe mode do, and waits for a message.',
    scenario: {
      steps: [
        working,
        {
          after_seconds: 3,
          status_enum: 'blocked',
          message: 'May I run the migration?',
          status_detail: 'waiting_for_approval',
          acus: 0.4,
        },
      ],
      on_message: workOn,
    },
  },
  'explicitly-finished': {
    purpose: 'Works as `default`, but v3 calls its end `finished`, which is rare, not `waiting_for_user`.',
    scenario: {
      steps: [working, pullRequest(6), finished(8, { status_detail: 'finished' })],
      on_message: workOn,
    },
  },
  'two-pull-requests': {
    purpose: 'Opens two pull requests, of which one is merged and one closed. Its category follows later.',
    scenario: {
      steps: [
        working,
        pullRequest(5),
        {
          after_seconds: 6,
          message: 'I opened {{pull_request_url}}0, too.',
          pull_requests: [{ url: '{{pull_request_url}}' }, { url: '{{pull_request_url}}0' }],
        },
        {
          after_seconds: 8,
          status_enum: 'blocked',
          message: 'Please review both.',
          structured_output: { $sample: 'full' },
          acus: 1.5,
        },
        {
          after_seconds: 60,
          pull_requests: [
            { url: '{{pull_request_url}}', state: 'merged' },
            { url: '{{pull_request_url}}0', state: 'open' },
          ],
        },
        {
          after_seconds: 90,
          pull_requests: [
            { url: '{{pull_request_url}}', state: 'merged' },
            { url: '{{pull_request_url}}0', state: 'closed' },
          ],
        },
        { after_seconds: 120, category: 'feature_development', subcategory: 'Small features' },
      ],
      on_message: [working, finished(5)],
    },
  },
  'attached-file': {
    purpose: 'Attaches a file, which the list of a session’s attachments shows.',
    scenario: {
      steps: [
        working,
        {
          after_seconds: 4,
          message: 'The report is attached.',
          attachment: {
            name: 'report.md',
            content_type: 'text/markdown',
            content: '# Report\n\n{{request}}\n',
          },
        },
        finished(6),
      ],
      on_message: workOn,
    },
  },
  'out-of-credits': {
    purpose: 'Sleeps because the organization has no credits left; no message wakes it.',
    scenario: suspendedBy('out_of_credits', 'The organization has no credits left.'),
  },
  'quota-used-up': {
    purpose: 'Sleeps because the quota is used up while it works; `out-of-quota` creates no session at all.',
    scenario: suspendedBy('out_of_quota', 'The quota is used up.'),
  },
  'no-quota-allocation': {
    purpose: 'Sleeps because the organization has no share of the quota.',
    scenario: suspendedBy('no_quota_allocation', 'There is no quota for this organization.'),
  },
  'payment-declined': {
    purpose: 'Sleeps because a payment was declined.',
    scenario: suspendedBy('payment_declined', 'The payment was declined.'),
  },
  'contract-expired': {
    purpose: 'Sleeps because the contract has expired.',
    scenario: suspendedBy('contract_expired', 'The contract has expired.'),
  },
  'org-usage-limit': {
    purpose: 'Sleeps because the organization has reached its usage limit.',
    scenario: suspendedBy('org_usage_limit_exceeded', 'The organization has reached its usage limit.'),
  },
  'user-usage-limit': {
    purpose: 'Sleeps because its user has reached the usage limit.',
    scenario: suspendedBy('user_usage_limit_exceeded', 'You have reached your usage limit.'),
  },
  'total-session-limit': {
    purpose: 'Sleeps because the organization has too many sessions.',
    scenario: suspendedBy('total_session_limit_exceeded', 'The organization has too many sessions.'),
  },
  crashed: {
    purpose: 'Crashes and sleeps, with the reason `error`; a message wakes it. With `error` it ends instead.',
    scenario: {
      ...suspendedBy('error', 'The machine has stopped working.'),
      on_message: [
        { after_seconds: 0, status_enum: 'resume_requested' },
        { after_seconds: 2, status_enum: 'working' },
        finished(6),
      ],
    },
  },
} satisfies Record<string, { readonly purpose: string; readonly scenario: Scenario }>

/** Returns a scenario that is suspended for a reason after five seconds. */
function suspendedBy(status_detail: StatusDetail, message: string): Scenario {
  return {
    steps: [
      working,
      { after_seconds: 3, status_enum: 'suspend_requested', message, acus: 0.4 },
      { after_seconds: 5, status: 'suspended', status_detail },
    ],
  }
}
