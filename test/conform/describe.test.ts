import t from 'tap'
import { constantOr, describe, maskText, mediaType, shapeOf } from '../../src/conform/describe.ts'

/** Describes an answer with a JSON body. */
const described = (status: number, json: unknown) =>
  describe({ status, headers: {}, text: JSON.stringify(json), json })

t.test('only names and types of a successful answer are shown', async (t) => {
  const session = {
    title: 'Fix the login of Alice',
    created_at: 5,
    is_archived: false,
    tags: ['secret project', 'b'],
    pull_request: null,
    nothing: [],
    structured_output: { 'the password': 'x' },
    metadata: { alice: 'x' },
    deep: { a: { b: { c: { d: 1 }, e: [1] } } },
  }

  t.equal(
    described(200, session),
    '200 {title: text, created_at: number, is_archived: boolean, tags: [text, …], pull_request: null, nothing: [], ' +
      'structured_output: object, metadata: object, deep: {a: {b: {c: object, e: array}}}}',
  )
  t.equal(described(200, 'https://example.com/alice'), '200 text')
  t.equal(described(200, { Alice: 1, 'a b': 2, id_12345: 3 }), '200 {***: number, ***: number, ***: number}')
})

t.test('constant messages are shown without parts that could identify somebody', async (t) => {
  t.equal(described(404, { detail: 'Secret not found' }), '404 {detail: "Secret not found"}')
  t.equal(described(200, { message: 'Deleted' }), '200 {message: "Deleted"}')
  t.equal(described(200, { message: 'Hi Alice', id: 'x' }), '200 {message: text, id: text}')
  t.equal(
    described(422, {
      detail: [{ type: 'missing', loc: ['body'], msg: 'Field required', input: { a: 'b' } }],
    }),
    '422 {detail: [{type: "missing", loc: [text], msg: "Field required", input: object}]}',
  )
  t.equal(described(403, { status: 403, title: null }), '403 {status: 403, title: null}')
  t.equal(
    maskText(
      'cog_abc and apk_user_def of alice@example.com: https://example.com/x is session 0123456789abcdef0123456789abcdef',
    ),
    'cog_*** and apk_user_*** of <address> <url> is session <id>',
  )
  t.equal(maskText('x'.repeat(300)).length, 201)
})

t.test(
  'an answer without JSON is described by its content type, and one with too many members is cut',
  async (t) => {
    t.equal(describe({ status: 204, headers: {}, text: '', json: undefined }), '204 without a body')
    const html = { status: 502, headers: { 'content-type': 'text/html' }, text: '<p>', json: undefined }
    t.equal(describe(html), '502 text/html')
    t.equal(mediaType({}), 'without a content type')
    const many = Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`m${index}`, 1]))
    t.match(shapeOf(many), /m29: number, …}$/)
  },
)

t.test('constants of the API are shown, other texts are not', async (t) => {
  t.equal(constantOr('waiting_for_user'), '"waiting_for_user"')
  t.equal(constantOr('Alice'), 'text')
  t.equal(constantOr(5), 'number')
})
