import type { FidelityRow } from './row.ts'

const PREFIX = 'GET /v3/organizations/{org_id}/consumption/daily'

/** The facts about the consumption of ACUs. */
export const v3Consumption: readonly FidelityRow[] = [
  {
    operation: PREFIX,
    what: 'the operation',
    value:
      'the ACUs of the sessions by billing day, which starts at 08:00 UTC; `date` is its start in Unix seconds',
    confidence: 'documented',
    source: 'v3/consumption/organizations-consumption-daily; `ConsumptionClient` of the SDK',
  },
  {
    operation: PREFIX,
    what: 'days without consumption',
    value: 'omitted',
    confidence: 'guess',
    source: 'not published',
  },
  {
    operation: PREFIX,
    what: 'time range',
    value:
      'includes `time_after` and excludes `time_before`; without them, everything that has happened; a day that is partly in the range counts with that part',
    confidence: 'guess',
    source: 'no default is published',
  },
  {
    operation: PREFIX,
    what: '`acus_by_product`',
    value: 'all ACUs are those of `devin`; `cascade`, `terminal` and `review` are 0',
    confidence: 'guess',
    source: 'the members are documented, and that they are 0.0 if unknown; the fake has no other product',
  },
  {
    operation: `${PREFIX}/service-users/{service_user_id}`,
    what: 'the operation',
    value: 'the ACUs of the sessions that the service user created; none for an unknown one',
    confidence: 'documented',
    source: '`ConsumptionClient` of the SDK; the answer to an unknown one is a guess',
  },
  {
    operation: `${PREFIX}/sessions/{session_id}`,
    what: 'the operation',
    value: 'the ACUs of the session; 404 with the `detail` `Session not found` for an unknown one',
    confidence: 'documented',
    source: 'v3/consumption/consumption-daily-sessions; the answer to an unknown one is a guess',
  },
  {
    operation: `${PREFIX}/users/{user_id}`,
    what: 'the operation',
    value: 'the ACUs of the sessions that the user created; none for an unknown one',
    confidence: 'documented',
    source: 'v3/consumption/consumption-daily-users; the answer to an unknown one is a guess',
  },
]
