import t from 'tap'
import { detailText, errorText } from '../../../src/page/model/details.ts'

const issue = { type: 'missing', loc: ['body', 'key'], msg: 'Field required', input: {} }

t.test('the detail of an error is a text, or one line per issue', (t) => {
  t.equal(detailText('Secret not found'), 'Secret not found')
  t.equal(
    detailText([issue, { ...issue, loc: ['query', 'limit'] }]),
    'body.key: Field required\nquery.limit: Field required',
  )
  t.equal(detailText([{ reason: 'x' }, null]), '{"reason":"x"}\nnull')
  t.equal(detailText(undefined), 'null')
  t.equal(detailText({ a: 1 }), '{"a":1}')
  t.end()
})

t.test('error bodies of all generations have a text', (t) => {
  t.equal(errorText({ detail: 'Secret not found' }), 'Secret not found')
  t.equal(errorText({ detail: [issue] }), 'body.key: Field required')
  t.equal(
    errorText({ title: 'Unprocessable', detail: 'Validation error', errors: [issue] }),
    'body.key: Field required',
  )
  t.equal(errorText({ title: 'Not Found', errors: [] }), 'Not Found')
  t.equal(errorText({ message: 'x' }), '{"message":"x"}')
  t.equal(errorText('Internal Server Error'), 'Internal Server Error')
  t.equal(errorText(null), '')
  t.end()
})
