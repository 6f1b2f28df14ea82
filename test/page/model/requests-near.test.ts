import fc from 'fast-check'
import t from 'tap'
import { fidelity } from '../../../src/fidelity/index.ts'
import { nearOperations } from '../../../src/page/model/requests-near.ts'

const OPERATIONS = fidelity.flatMap(({ operation }) => operation ?? [])

const nearestTo = (method: string, path: string) => nearOperations({ method, path }, OPERATIONS)[0]

t.test('the nearest operations of a request differ least', (t) => {
  t.same(nearestTo('GET', '/v1/sesions'), {
    method: 'GET',
    path: '/v1/sessions',
    differences: [{ expected: 'sessions', sent: 'sesions' }],
  })
  t.same(nearestTo('PATCH', '/v1/sessions'), {
    method: 'GET',
    path: '/v1/sessions',
    differences: [{ expected: 'GET', sent: 'PATCH' }],
  })
  t.same(nearestTo('GET', '/v1/sesions/devin-1'), {
    method: 'GET',
    path: '/v1/sessions/{session_id}',
    differences: [{ expected: 'sessions', sent: 'sesions' }],
  })
  t.same(nearestTo('POST', '/v1/sessions/devin-1/message/'), {
    method: 'POST',
    path: '/v1/sessions/{session_id}/message',
    differences: [{ expected: undefined, sent: '' }],
  })
  t.same(nearestTo('GET', '/v3/org-1/sessions'), {
    method: 'GET',
    path: '/v3/organizations/{org_id}/sessions',
    differences: [{ expected: 'organizations', sent: undefined }],
  })
  t.end()
})

t.test(
  'property: there are always three operations, and an operation of the API is the nearest to itself',
  (t) => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 10 }), (path, method) => {
        t.equal(nearOperations({ method, path }, OPERATIONS).length, 3)
      }),
      { numRuns: 30 },
    )
    for (const operation of OPERATIONS) {
      const [method = '', path = ''] = operation.split(' ')
      t.same(nearestTo(method, path), { method, path, differences: [] })
    }
    t.same(nearOperations({ method: 'GET', path: '/' }, []), [])
    t.end()
  },
)
