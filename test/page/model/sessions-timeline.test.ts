import t from 'tap'
import { partsOf } from '../../../src/page/model/sessions-timeline.ts'

t.test('an item without an effect has at most a message', (t) => {
  t.same(partsOf({ effect: null, text: null }, 'devin-000c'), [])
  t.same(partsOf({ effect: null, text: 'Fix it' }, 'devin-000c'), [{ kind: 'message', text: 'Fix it' }])
  t.end()
})

t.test('an effect has a part for each member', (t) => {
  const effect = {
    status: 'suspended',
    status_enum: 'suspend_requested',
    status_detail: 'inactivity',
    title: 'Login',
    message: '{{request}}',
    pull_request: { url: 'https://x.test/1' },
    attachment: { name: 'a.txt', content: 'x' },
    category: 'other',
    subcategory: 'Small',
    structured_output: { a: 1 },
    acus: 0,
  } as const

  t.same(partsOf({ effect, text: 'Fix it' }, 'devin-000c'), [
    { kind: 'status', text: 'suspend_requested · suspended' },
    { kind: 'detail', text: 'inactivity' },
    { kind: 'title', text: 'Login' },
    { kind: 'message', text: 'Fix it' },
    { kind: 'pull', text: 'https://x.test/1', state: 'open' },
    { kind: 'file', text: 'a.txt' },
    { kind: 'category', text: 'other · Small' },
    { kind: 'output', text: '{"a":1}' },
    { kind: 'acus', count: 0 },
  ])
  t.end()
})

t.test('several pull requests, a status alone, and null each have their own form', (t) => {
  const pull_requests = [
    { url: 'https://x.test/1', state: 'merged' as const },
    { url: '{{pull_request_url}}0' },
  ]

  t.same(partsOf({ effect: { pull_requests }, text: null }, 'devin-000c'), [
    { kind: 'pull', text: 'https://x.test/1', state: 'merged' },
    { kind: 'pull', text: 'https://github.com/fake-devin/demo/pull/120', state: 'open' },
  ])
  t.same(partsOf({ effect: { status: 'error', status_detail: null }, text: null }, 'devin-000c'), [
    { kind: 'status', text: 'error' },
  ])
  t.same(
    partsOf({ effect: { status_enum: null, pull_request: null, category: null }, text: null }, 'devin-000c'),
    [{ kind: 'status', text: 'new' }],
  )
  t.end()
})

t.test('a long output is cut', (t) => {
  const [part] = partsOf({ effect: { structured_output: 'x'.repeat(1_000) }, text: null }, 'devin-000c')

  t.match(part, { kind: 'output', text: /^"x{119}…$/ })
  t.end()
})
