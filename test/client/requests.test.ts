import t from 'tap'
import { Control } from '../../src/client/control.ts'
import { Requests } from '../../src/client/requests.ts'

/** Returns the requests of a server that gives this answer. */
function requestsOf(answer: unknown): Requests {
  return new Requests(
    new Control({ url: 'http://a', send: async () => ({ status: 200, text: JSON.stringify(answer) }) }),
  )
}

t.test('verify shows that a request was not answered', async (t) => {
  const request = { id: 7, method: 'GET', path: '/v1/secrets', status: null }
  const nearest = [{ request, differences: ['status: expected 200, got no answer'] }]
  const requests = requestsOf({ verified: false, count: 0, expected: 'exactly 1 request', nearest })

  await t.rejects(requests.verify({ status: 200, times: 1 }), {
    message: [
      'expected exactly 1 request, found 0',
      'the nearest requests:',
      '  #7 GET /v1/secrets not answered',
      '    status: expected 200, got no answer',
    ].join('\n'),
  })
})

t.test('verify works without the nearest requests', async (t) => {
  const requests = requestsOf({ verified: false, count: 0, expected: 'at least 1 request' })

  await t.rejects(requests.verify({}), {
    message: 'expected at least 1 request, found 0\nthere were no requests',
  })
})
