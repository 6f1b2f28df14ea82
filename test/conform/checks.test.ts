import t from 'tap'
import { CHECKS, checkOf } from '../../src/conform/checks/index.ts'
import { fidelity } from '../../src/fidelity/index.ts'

const subjectOf = ({ operation, topic }: (typeof fidelity)[number]) => String(operation ?? topic)

t.test('every row of the ledger has a check, or a reason why it has none', async (t) => {
  for (const row of fidelity) {
    const check = checkOf(row)
    if (typeof check === 'string') t.match(check, /^[a-z].{20,}[^.]$/, `${subjectOf(row)}: ${row.what}`)
    else t.type(check, 'function')
  }
})

t.test('every check is about a row of the ledger', async (t) => {
  const rows = new Set(fidelity.map((row) => `${subjectOf(row)}: ${row.what}`))
  const subjects = new Set(fidelity.map(subjectOf))

  for (const [subject, checks] of Object.entries(CHECKS)) {
    t.ok(subjects.has(subject), subject)
    for (const what of typeof checks === 'string' ? [] : Object.keys(checks)) {
      t.ok(rows.has(`${subject}: ${what}`), `${subject}: ${what}`)
    }
  }
})

t.test('a row with neither a check nor a reason is an error', async (t) => {
  const [row] = fidelity
  if (row === undefined) return t.fail('the ledger is empty')
  t.throws(() => checkOf({ ...row, what: 'new' }), { message: 'no check is bound to authentication: new' })
  const other = { ...row, topic: 'a new topic' } as typeof row
  t.throws(() => checkOf(other), { message: /a new topic/ })
})
