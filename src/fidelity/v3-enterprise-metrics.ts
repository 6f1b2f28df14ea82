import type { FidelityRow } from './row.ts'

const metrics = '/v3/enterprise/metrics'

/** The facts about the metrics of all organizations. */
export const v3EnterpriseMetrics: readonly FidelityRow[] = [
  {
    operation: `GET ${metrics}/active-users`,
    what: 'the operation',
    value: 'as for an organization: one who creates sessions in several organizations counts once',
    confidence: 'documented',
    source: 'v3/metrics/metrics-active-users; `MetricsClient` of the SDK',
  },
  {
    operation: `GET ${metrics}/dau`,
    what: 'the operation',
    value: 'the active users of all organizations by days',
    confidence: 'documented',
    source: 'v3/metrics/metrics-dau; `MetricsClient` of the SDK',
  },
  {
    operation: `GET ${metrics}/wau`,
    what: 'the operation',
    value: 'the active users of all organizations by weeks',
    confidence: 'documented',
    source: 'v3/metrics/metrics-wau; `MetricsClient` of the SDK',
  },
  {
    operation: `GET ${metrics}/mau`,
    what: 'the operation',
    value: 'the active users of all organizations by months',
    confidence: 'documented',
    source: 'v3/metrics/metrics-mau; `MetricsClient` of the SDK',
  },
  {
    operation: `GET ${metrics}/prs`,
    what: 'the operation',
    value: 'as for an organization: a pull request of sessions in several organizations counts once',
    confidence: 'documented',
    source: 'v3/metrics/metrics-prs; `MetricsClient` of the SDK',
  },
  {
    operation: `GET ${metrics}/searches`,
    what: 'the operation',
    value: 'as for an organization',
    confidence: 'documented',
    source: 'v3/metrics/metrics-searches; `MetricsClient` of the SDK',
  },
  {
    operation: `GET ${metrics}/sessions`,
    what: 'the operation',
    value: 'as for an organization',
    confidence: 'documented',
    source: 'v3/metrics/metrics-sessions; `MetricsClient` of the SDK',
  },
  {
    operation: `GET ${metrics}/usage`,
    what: 'the operation',
    value: 'as for an organization',
    confidence: 'documented',
    source: 'v3/metrics/metrics-usage; `MetricsClient` of the SDK',
  },
  {
    operation: `GET ${metrics}/sessions`,
    what: '`org_ids`',
    value: 'these organizations only; an unknown one has no sessions',
    confidence: 'guess',
    source: 'the parameter is documented, the answer to unknown ids is not',
  },
]
