import fc from 'fast-check'
import t from 'tap'
import {
  EMPTY_FORM,
  FormError,
  faultOf,
  PRESETS,
  pathsOf,
  specOf,
} from '../../../src/page/model/controls-faults.ts'
import { METHODS } from '../../../src/page/model/requests-path.ts'
import { PRESETS as ALL_PRESETS, FaultSpec } from '../../../src/schemas/control/fault.ts'

t.test('the page knows all presets and methods', (t) => {
  t.same(PRESETS, ALL_PRESETS)
  t.same(
    FaultSpec.properties.method.anyOf?.map(({ const: value }: { const: string }) => value) ??
      FaultSpec.properties.method.enum,
    METHODS,
  )
  t.end()
})

t.test('an empty form gives only the preset', (t) => {
  t.same(faultOf(EMPTY_FORM), {})
  t.same(faultOf({ ...EMPTY_FORM, path: ' ', times: ' ', headers: ' \n ' }), {})
  t.same(faultOf(EMPTY_FORM, 'flaky'), { preset: 'flaky' })
  t.same(faultOf(EMPTY_FORM, 'flaky', 'org-1'), { preset: 'flaky', org_id: 'org-1' })
  t.end()
})

t.test('every field of the form becomes a member', (t) => {
  const form = {
    method: 'POST',
    path: ' /v3/** ',
    status: '503',
    body: '{"detail": "Later"}',
    headers: 'Retry-After: 3\n\n X-Note : a: b ',
    delay_ms: '20',
    abort: 'mid-body',
    include_retries: true,
    bytes_per_second: '100',
    malformed_json: true,
    times: '2',
    probability: '0.5',
    after: '1',
  }

  t.same(faultOf(form), {
    method: 'POST',
    path: '/v3/**',
    status: 503,
    body: { detail: 'Later' },
    headers: { 'Retry-After': '3', 'X-Note': 'a: b' },
    delay_ms: 20,
    abort: 'mid-body',
    include_retries: true,
    bytes_per_second: 100,
    malformed_json: true,
    times: 2,
    probability: 0.5,
    after: 1,
  })
  t.end()
})

t.test('a body is JSON, unless the content type says otherwise', (t) => {
  const html = { ...EMPTY_FORM, headers: 'content-type: text/html', body: '<b>5</b>' }

  t.equal(faultOf(html).body, '<b>5</b>')
  t.equal(faultOf({ ...html, body: '5' }).body, '5')
  t.equal(faultOf({ ...html, headers: 'Content-Type: application/problem+json', body: '5' }).body, 5)
  t.throws(() => faultOf({ ...EMPTY_FORM, body: 'oops' }), new FormError('body', 'oops'))
  t.end()
})

t.test('an invalid number or header is reported with its field', (t) => {
  t.throws(() => faultOf({ ...EMPTY_FORM, status: 'teapot' }), new FormError('status', 'teapot'))
  t.throws(() => faultOf({ ...EMPTY_FORM, headers: 'no colon' }), new FormError('headers', 'no colon'))
  t.end()
})

t.test('no input makes the form fail in another way', (t) => {
  const text = fc.string({ unit: 'grapheme' })
  fc.assert(
    fc.property(text, text, text, text, (status, body, headers, path) => {
      try {
        faultOf({ ...EMPTY_FORM, status, body, headers, path })
      } catch (error) {
        return error instanceof FormError
      }
      return true
    }),
  )
  t.end()
})

t.test('a fault can be added again with the same members', (t) => {
  const view = {
    id: 'fault-1',
    preset: 'flaky',
    status: 503,
    times: 1,
    matched: 3,
    struck: 0,
    left: 1,
  } as const

  t.same(specOf({ ...view, org_id: null }), { preset: 'flaky', status: 503, times: 1 })
  t.same(specOf({ ...view, org_id: 'org-1' }), { preset: 'flaky', status: 503, times: 1, org_id: 'org-1' })
  t.end()
})

t.test('the paths are those of the operations, each once', (t) => {
  const rows = [
    { operation: 'GET /v1/sessions' },
    { operation: 'POST /v1/sessions' },
    {},
    { operation: 'GET /v1/secrets' },
    { operation: 'all' },
  ]

  t.same(pathsOf(rows), ['/v1/secrets', '/v1/sessions'])
  t.end()
})
