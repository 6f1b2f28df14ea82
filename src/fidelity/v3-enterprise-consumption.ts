import type { FidelityRow } from './row.ts'

const consumption = '/v3/enterprise/consumption'

/** The facts about the consumption of ACUs by all organizations. */
export const v3EnterpriseConsumption: readonly FidelityRow[] = [
  {
    operation: `GET ${consumption}/daily`,
    what: 'the operation',
    value: 'the ACUs of the sessions of all organizations by billing day',
    confidence: 'documented',
    source: 'v3/consumption/consumption-daily; `EnterpriseConsumptionClient` of the SDK',
  },
  {
    operation: `GET ${consumption}/daily/organizations/{org_id}`,
    what: 'the operation',
    value: 'the ACUs of the sessions of the organization',
    confidence: 'documented',
    source: '`EnterpriseConsumptionClient` of the SDK',
  },
  {
    operation: `GET ${consumption}/daily/organizations/{org_id}`,
    what: 'answer to an unknown organization',
    value: '404 with the `detail` `Organization not found`',
    confidence: 'guess',
    source: 'as for the organization itself',
  },
  {
    operation: `GET ${consumption}/daily/users/{user_id}`,
    what: 'the operation',
    value: 'the ACUs of the sessions that the user created in any organization; none for an unknown one',
    confidence: 'documented',
    source: '`EnterpriseConsumptionClient` of the SDK; the answer to an unknown one is a guess',
  },
  {
    operation: `GET ${consumption}/daily/service-users/{service_user_id}`,
    what: 'the operation',
    value:
      'the ACUs of the sessions that the service user created in any organization; none for an unknown one',
    confidence: 'documented',
    source: '`EnterpriseConsumptionClient` of the SDK; the path and the answer to an unknown one are guesses',
  },
  {
    operation: `GET ${consumption}/cycles`,
    what: 'the operation',
    value: 'the billing cycles by cursor',
    confidence: 'documented',
    source: '`getConsumptionCycles` of the SDK',
  },
  {
    operation: `GET ${consumption}/cycles`,
    what: 'which cycles there are',
    value:
      'the calendar months of billing days, which start at 08:00 UTC, from that in which the first organization was created to the current one, newest first',
    confidence: 'guess',
    source: 'billing days are documented, cycles are not',
  },
  {
    operation: `GET ${consumption}/cycles`,
    what: 'members',
    value:
      '`after`, the start, and `before`, which is the start of the next cycle, in Unix seconds; the same as `start` and `end`',
    confidence: 'documented',
    source:
      'v3/consumption/consumption-cycles; a client takes `after` as included and `before` as excluded. The contract at hand has `start` and `end`',
  },
]
