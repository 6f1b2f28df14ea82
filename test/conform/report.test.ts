import t from 'tap'
import { observationsOf } from '../../src/conform/observations.ts'
import { type Run, reportOf } from '../../src/conform/report.ts'
import type { Finding } from '../../src/conform/run.ts'

const row = {
  operation: 'GET /v1/secrets',
  what: 'order & "form" <of> the list',
  value: 'oldest first',
  confidence: 'guess',
  source: 'no order is published',
} as const

const topic = { ...row, operation: undefined, topic: 'routing', what: 'answer' } as unknown as Finding['row']

const contradiction = { row, outcome: 'contradicted', expected: '200', got: '500' } as const

const RUN: Run = {
  url: 'https://api.example',
  date: '2026-01-02T03:04:05.678901Z',
  refusals: [],
  left: ['DELETE /v1/secrets/secret-1: 500 text/html'],
  wasStopped: false,
  findings: [
    { row: topic, outcome: 'confirmed', verified: ['status'] },
    { row, outcome: 'contradicted', expected: 'a\n"b"', got: '<&>\u0000\u0007\ud800 ]]> 😀' },
    { row: { ...row, what: 'skipped' }, outcome: 'not testable', reason: 'needs --writes' },
    { row: { ...row, what: 'also skipped' }, outcome: 'not testable', reason: 'a choice' },
    { row: { ...row, what: 'skipped again' }, outcome: 'not testable', reason: 'needs --writes' },
  ],
}

t.test('a report as text has the counts, then the reasons, and the contradictions at its end', async (t) => {
  const text = reportOf({ ...RUN, findings: RUN.findings.with(1, { ...contradiction, got: '404' }) }, 'text')

  t.equal(
    text,
    `https://api.example, 2026-01-02T03:04:05.678901Z
1 confirmed, 1 contradicted, 3 not testable

Not testable:
     2  needs --writes
     1  a choice

Contradicted:

  GET /v1/secrets: order & "form" <of> the list
    expected  200
    got       404
    ledger    oldest first
              guess: no order is published
`,
  )
  const short = reportOf({ ...RUN, findings: RUN.findings.slice(0, 1) }, 'text')
  t.match(short, /^https.*\n1 confirmed, 0 contradicted, 0 not testable\n$/)
})

t.test(
  'a contradicted answer to an open question names the flags that make the fake answer differently',
  async (t) => {
    const open = { ...contradiction, row: { ...row, question: 'v1-bad-key' } } as const

    const text = reportOf({ ...RUN, findings: [open] }, 'text')

    t.match(
      text,
      `guess: no order is published
    the fake  --answer v1-bad-key=401, or --answer v1-bad-key=401-unauthenticated
`,
    )
    t.match(JSON.parse(reportOf({ ...RUN, findings: [open] }, 'json')).rows, [{ question: 'v1-bad-key' }])
  },
)

t.test('a report as JSON has each row with its verdict', async (t) => {
  t.match(JSON.parse(reportOf(RUN, 'json')), {
    url: 'https://api.example',
    left: ['DELETE /v1/secrets/secret-1: 500 text/html'],
    was_stopped: false,
    rows: [
      { subject: 'routing', what: 'answer', outcome: 'confirmed', verified: ['status'] },
      { subject: 'GET /v1/secrets', ledger: 'oldest first', outcome: 'contradicted', expected: 'a\n"b"' },
      { outcome: 'not testable', reason: 'needs --writes' },
      {},
      {},
    ],
  })
})

/** A tag or text of well-formed XML 1.0. */
const TOKEN =
  /<\?xml version="1\.0" encoding="UTF-8"\?>|<(\/?)([a-z]+)((?: [a-z]+="(?:[^<&"]|&(?:amp|lt|gt|quot|#10);)*")*)(\/?)>|(?:[^<&]|&(?:amp|lt|gt|quot|#10);)+/gy

/** Returns the names of the open elements at each element. Throws if the text is not well-formed. */
function elementsOf(xml: string): string[] {
  const open: string[] = []
  const found: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < xml.length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(xml)
    if (match === null) throw new Error(`not well-formed at ${xml.slice(at, at + 40)}`)
    const [, end, name, , isEmpty] = match
    if (name === undefined) continue
    if (end === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`)
      continue
    }
    found.push([...open, name].join('/'))
    if (isEmpty !== '/') open.push(name)
  }
  if (open.length > 0) throw new Error(`${open} is open`)
  return found
}

t.test(
  'a report for JUnit is well-formed for any text, and has a failure for each contradiction',
  async (t) => {
    const xml = reportOf(RUN, 'junit')

    t.same(elementsOf(xml), [
      'testsuites',
      'testsuites/testsuite',
      'testsuites/testsuite/testcase',
      'testsuites/testsuite/testcase',
      'testsuites/testsuite/testcase/failure',
      ...[1, 2, 3].flatMap(() => ['testsuites/testsuite/testcase', 'testsuites/testsuite/testcase/skipped']),
    ])
    t.match(xml, 'tests="5" failures="1" errors="0" skipped="3"')
    t.match(xml, 'name="order &amp; &quot;form&quot; &lt;of&gt; the list"')
    t.match(xml, 'expected a&#10;&quot;b&quot;, got &lt;&amp;&gt;\uFFFD\uFFFD\uFFFD ]]&gt; 😀')
  },
)

t.test('the file for the ledger has only what was observed, with its time and place', async (t) => {
  t.same(JSON.parse(observationsOf({ ...RUN, findings: RUN.findings.with(1, contradiction) })), {
    format: 1,
    server: 'https://api.example',
    date: '2026-01-02',
    rows: [
      {
        subject: 'routing',
        what: 'answer',
        ledger: 'oldest first',
        outcome: 'confirmed',
        verified: ['status'],
        source: 'seen by fake-devin conform with api.example, 2026-01-02',
      },
      {
        subject: 'GET /v1/secrets',
        what: row.what,
        ledger: 'oldest first',
        outcome: 'contradicted',
        expected: '200',
        got: '500',
        source: 'seen by fake-devin conform with api.example, 2026-01-02',
      },
    ],
  })
})
