import t from 'tap'
import {
  AlreadyEnded,
  Conflict,
  Impossible,
  InUse,
  InvalidSignature,
  NotFound,
  NotPermitted,
  type Refusal,
  ScenarioRefusal,
} from '../../../src/organization/errors.ts'
import * as v1 from '../../../src/routes/v1/errors.ts'
import * as v3 from '../../../src/routes/v3/errors.ts'

const refusals: readonly [Refusal, status: number][] = [
  [new NotFound('secret'), 404],
  [new Conflict('secret'), 409],
  [new AlreadyEnded(), 400],
  [new InvalidSignature(), 403],
  [new ScenarioRefusal({ status: 402, detail: 'no money' }), 402],
  [new NotPermitted('no'), 403],
  [new InUse('no'), 409],
  [new Impossible('no'), 400],
]

t.test('both generations have a response to every refusal, with the same status', (t) => {
  for (const [refusal, status] of refusals) {
    t.equal(v1.operationException(refusal).statusCode, status, refusal.name)
    t.equal(v3.operationException(refusal).statusCode, status, refusal.name)
  }
  t.end()
})
