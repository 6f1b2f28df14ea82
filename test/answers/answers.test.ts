import t from 'tap'
import { Answers } from '../../src/answers/answers.ts'
import { ANSWER_NAMES, QUESTIONS, SERVER_WIDE } from '../../src/answers/questions.ts'

t.test('without a choice, the first option is the answer to each question', (t) => {
  const all = new Answers().all()

  t.same(Object.keys(all), ANSWER_NAMES)
  for (const name of ANSWER_NAMES) t.equal(all[name], QUESTIONS[name][0], name)
  t.end()
})

t.test(
  'a choice of an organization takes precedence over that of the server, which applies otherwise',
  (t) => {
    const server = new Answers({ 'v1-message': '204', 'v3-422': 'detail-list' })
    const answers = new Answers({ 'v3-422': 'unprocessable-content' }, server)

    t.equal(answers.get('v3-422'), 'unprocessable-content')
    t.ok(answers.is('v1-message', '204'))
    t.notOk(answers.is('v1-unknown-secret', '403'))
    server.choose({ 'v1-unknown-secret': '403' })
    t.ok(answers.is('v1-unknown-secret', '403'))
    t.end()
  },
)

t.test(
  'choices are added, removed one by one or all together, and replaced, and each change is reported',
  (t) => {
    let changes = 0
    const answers = new Answers(undefined, undefined, () => void changes++)

    answers.release()
    t.equal(answers.own, undefined)
    answers.choose({ 'v1-message': '204', 'v3-total': 'null' })
    answers.choose({ 'v3-total': 'count' })
    t.same(answers.own, { 'v1-message': '204', 'v3-total': 'count' })
    answers.release(['v3-total', 'v3-422'])
    t.same(answers.own, { 'v1-message': '204' })
    answers.replace({ 'v3-total': 'null' })
    t.same(answers.own, { 'v3-total': 'null' })
    answers.release()
    t.equal(answers.own, undefined)
    t.equal(changes, 6)
    answers.own = { 'v3-total': 'null' }
    t.ok(answers.is('v3-total', 'null'))
    t.equal(changes, 6, 'what a database has is not a change')
    t.end()
  },
)

t.test('names of questions begin with their generation, and server-wide questions exist', (t) => {
  for (const name of ANSWER_NAMES) t.match(name, /^v[13]-[a-z0-9-]+$/)
  for (const name of SERVER_WIDE) t.ok(ANSWER_NAMES.includes(name), name)
  t.end()
})
