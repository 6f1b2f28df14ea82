import t from 'tap'
import { CONTROL_JSON_MAX } from '../../../src/routes/control/plugin.ts'
import { startFake } from '../../fake.ts'

const blanks = (bytes: number) => ({
  headers: { 'content-type': 'application/json' },
  payload: `{}${' '.repeat(bytes - 2)}`,
})

t.test('a control call takes a body of two mebibytes, and answers 413 to a longer one', async (t) => {
  const { call } = await startFake(t)

  t.equal((await call('POST', '/_fake/reset', blanks(CONTROL_JSON_MAX))).statusCode, 204)
  const { statusCode, body } = await call('POST', '/_fake/reset', blanks(CONTROL_JSON_MAX + 1))
  t.equal(statusCode, 413)
  t.equal(body, '{"detail":"Content Too Large"}')
})

t.test('a document of the state may be as long as any JSON body', async (t) => {
  const { call } = await startFake(t)

  t.not((await call('PUT', '/_fake/state', blanks(2 * CONTROL_JSON_MAX))).statusCode, 413)
})

t.test('a control call takes no more than other calls do', async (t) => {
  const { call } = await startFake(t, { limits: { jsonBytes: 100 } })

  t.equal((await call('POST', '/_fake/reset', blanks(101))).statusCode, 413)
})
