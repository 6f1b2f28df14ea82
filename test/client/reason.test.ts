import t from 'tap'
import { reasonOf } from '../../src/client/reason.ts'

const coded = (code: string, message = 'm') => Object.assign(new Error(message), { code })

t.test("a reason has a description and Node's code", async (t) => {
  t.equal(reasonOf(coded('ECONNREFUSED')), 'nothing listens there (ECONNREFUSED)')
  t.equal(
    reasonOf(coded('HPE_INVALID_CONSTANT')),
    'what listens there does not speak HTTP (HPE_INVALID_CONSTANT)',
  )
  t.equal(
    reasonOf(coded('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate')),
    'its certificate is not trusted: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)',
  )
})

t.test('an unknown reason is the text of the error', async (t) => {
  t.equal(reasonOf(coded('ENEW', 'something new')), 'something new (ENEW)')
  t.equal(reasonOf(new Error('broken')), 'broken')
  t.equal(reasonOf(new Error('')), 'Error')
  t.equal(reasonOf('a text'), 'a text')
  t.equal(reasonOf(undefined), 'undefined')
})

t.test('a reason is taken from nested errors', async (t) => {
  const behind = new TypeError('fetch failed', { cause: coded('ENOTFOUND') })
  const both = new AggregateError([coded('ECONNREFUSED'), coded('ETIMEDOUT')])
  const itself = new Error('round')
  itself.cause = itself

  t.equal(reasonOf(behind), 'the host is unknown (ENOTFOUND)')
  t.equal(reasonOf(both), 'nothing listens there (ECONNREFUSED)')
  t.equal(reasonOf(new AggregateError([], 'none')), 'none')
  t.equal(reasonOf(itself), 'round')
})
