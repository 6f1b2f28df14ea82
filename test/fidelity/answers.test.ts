import t from 'tap'
import { ANSWER_NAMES, QUESTIONS } from '../../src/answers/questions.ts'
import { fidelity, openQuestions } from '../../src/fidelity/index.ts'

t.test('each question has evidence for all of its options, the default first', (t) => {
  t.same(
    openQuestions.map(({ name, options }) => [name, options.map(({ option }) => option)]),
    ANSWER_NAMES.map((name) => [name, [...QUESTIONS[name]]]),
  )
  for (const { name, question, options } of openQuestions) {
    t.match(question, name.startsWith('v1') ? /^v1: / : /^v3: /, name)
    t.equal(new Set(options.map(({ value }) => value)).size, options.length, name)
    for (const { source } of options) t.not(source, '', name)
  }
  t.end()
})

t.test(
  'the rows of the ledger name every question except that of the path of messages, which two tables share',
  (t) => {
    const named = new Set(fidelity.flatMap(({ question }) => question ?? []))

    t.same(
      ANSWER_NAMES.filter((name) => !named.has(name)),
      ['v1-message-path'],
    )
    t.end()
  },
)
