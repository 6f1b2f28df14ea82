import t from 'tap'
import { boundedIssues, ISSUES_MAX, NOT_QUOTED, QUOTED_MAX } from '../../src/fastapi/bounded-issues.ts'
import { RequestValidationError } from '../../src/fastapi/errors.ts'
import type { ValidationIssue } from '../../src/fastapi/issue.ts'
import { encodeJson } from '../../src/fastapi/json/encode.ts'
import { KEY, startFake } from '../fake.ts'

const issue = (input: unknown, loc: ValidationIssue['loc'] = ['body', 'a'], msg = 'no') => ({
  type: 'x',
  loc,
  msg,
  input,
})
const inputsOf = (issues: readonly ValidationIssue[]) => issues.map(({ input }) => input)

t.test('issues with short inputs are returned unchanged', async (t) => {
  const issues = [issue('a'), issue({ b: [1, null, true, 2n, 'é'] }), issue(Number.NaN)]

  t.equal(boundedIssues(issues), issues)
})

t.test('only the first ISSUES_MAX issues are kept', async (t) => {
  const issues = Array.from({ length: 3 * ISSUES_MAX }, (_, n) => issue(n))

  t.strictSame(new RequestValidationError(issues).issues, issues.slice(0, ISSUES_MAX))
})

t.test('an input beyond the limit is not quoted, and neither are later long inputs', async (t) => {
  const long = 'a'.repeat(0.6 * QUOTED_MAX)
  const object = { long }

  t.strictSame(inputsOf(boundedIssues([issue(object), issue(object), issue('short'), issue(null)])), [
    object,
    NOT_QUOTED,
    'short',
    null,
  ])
  t.strictSame(inputsOf(boundedIssues([issue(new Array(QUOTED_MAX).fill(1))])), [NOT_QUOTED])
  t.strictSame(inputsOf(boundedIssues([issue({ ['n'.repeat(QUOTED_MAX)]: 1 })])), [NOT_QUOTED])
})

t.test('a long name and a long message are truncated if they exceed the limit', async (t) => {
  const name = '😀'.repeat(QUOTED_MAX)

  const [bounded] = boundedIssues([issue(1, ['body', name, 5], name)])

  t.strictSame(bounded?.loc, ['body', `${'😀'.repeat(100)}…`, 5])
  t.equal(bounded?.msg, `${'😀'.repeat(100)}…`)
})

t.test('a bounded issue has its keys in the order of pydantic', async (t) => {
  const [bounded] = boundedIssues([{ ...issue('a'.repeat(QUOTED_MAX + 1)), ctx: { error: {} } }])

  t.equal(Object.keys(bounded as ValidationIssue).join(), 'type,loc,msg,input,ctx')
})

t.test('a deeply nested input does not overflow the call stack', async (t) => {
  let deep: unknown = []
  for (let level = 0; level < 1_000_000; level++) deep = [deep]

  t.strictSame(inputsOf(boundedIssues([issue(deep)])), [NOT_QUOTED])
})

/** The maximum length of the rest of an answer: the keys, messages and locations of a hundred issues. */
const OVERHEAD = 200 * ISSUES_MAX

const REQUESTS: Record<string, [path: string, body: string]> = {
  'a list of invalid items': ['/v1/sessions', `{"prompt":"x","tags":[${'1,'.repeat(1_000_000)}1]}`],
  'a list of objects with missing members': [
    '/v1/sessions',
    `{"prompt":"x","session_secrets":[${'{},'.repeat(500_000)}{}]}`,
  ],
  'a long member beside missing ones': ['/v1/secrets', `{"x":"${'a'.repeat(2_000_000)}"}`],
  'a long list beside missing members': ['/v1/secrets', `{"x":[${'[],'.repeat(500_000)}[]]}`],
  'many members beside missing ones': [
    '/v1/secrets',
    encodeJson(Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`member${n}`, n]))),
  ],
  'unknown members of a control request': [
    '/_fake/scenarios',
    encodeJson(Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`member${n}`, n]))),
  ],
  'a body that is not JSON': ['/v1/secrets', `"${'a'.repeat(2_000_000)}"`],
  'a schema that is too long': [
    '/v1/sessions',
    `{"prompt":"x","structured_output_schema":{"enum":[${'[],'.repeat(600_000)}[]]}}`,
  ],
}

for (const [name, [url, payload]] of Object.entries(REQUESTS)) {
  t.test(`the answer to an invalid request has a limited length: ${name}`, async (t) => {
    const { call } = await startFake(t)

    const { statusCode, body } = await call('POST', url, {
      payload,
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    })

    t.equal(statusCode, 422)
    t.ok(body.length < QUOTED_MAX + OVERHEAD, `${body.length} characters`)
    t.ok(JSON.parse(body).detail.length <= ISSUES_MAX)
  })
}

t.test(
  'the answer to thousands of unknown parameters of a control request has a limited length',
  async (t) => {
    const { call } = await startFake(t)

    const { body } = await call(
      'GET',
      `/_fake/requests?${Array.from({ length: 5000 }, (_, n) => `p${n}`).join('&')}`,
    )

    t.equal(JSON.parse(body).detail.length, ISSUES_MAX)
  },
)

t.test('the answer to a parameter that is repeated thousands of times has a limited length', async (t) => {
  const { call } = await startFake(t)

  const { statusCode, body } = await call('GET', `/v1/sessions?${'limit=x&'.repeat(5000)}`)

  t.equal(statusCode, 422)
  t.equal(JSON.parse(body).detail.length, 1)
})
