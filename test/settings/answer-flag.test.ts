import t from 'tap'
import { ANSWER_NAMES, QUESTIONS } from '../../src/answers/questions.ts'
import { readConfig, readOptions } from '../../src/settings/config.ts'
import { UsageError } from '../../src/settings/start-error.ts'

const answersOf = (argv: readonly string[], env: Record<string, string> = {}) =>
  readConfig({ argv, env }).answers

function refusal(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return 'nothing was refused'
}

t.test('--answer chooses answers, repeated or with commas, and the last one of a question wins', (t) => {
  const chosen = { 'v1-bad-key': '401', 'v3-422': 'detail-list' }

  t.equal(answersOf([]), undefined)
  t.same(answersOf(['--answer', 'v1-bad-key=401', '--answer=v3-422=detail-list']), chosen)
  t.same(answersOf(['--answer', 'v1-bad-key=401, v3-422=detail-list']), chosen)
  t.same(answersOf(['--answer=v1-bad-key=403', '--answer=v1-bad-key=401']), { 'v1-bad-key': '401' })
  t.end()
})

t.test('FAKE_DEVIN_ANSWER chooses answers, separated by commas, unless the flag is given', (t) => {
  const env = { FAKE_DEVIN_ANSWER: 'v1-bad-key=401,v1-message=204' }

  t.same(answersOf([], env), { 'v1-bad-key': '401', 'v1-message': '204' })
  t.same(answersOf(['--answer', 'v3-total=null'], env), { 'v3-total': 'null' })
  t.end()
})

t.test('the option `answers` has the questions as members', (t) => {
  const read = (answers: object) => readOptions({ answers }, {}).answers

  t.same(read({ 'v1-bad-key': '401', 'v1-message': '204' }), { 'v1-bad-key': '401', 'v1-message': '204' })
  t.same(read({ 'v1-bad-key': '401', 'v1-message': undefined }), { 'v1-bad-key': '401' })
  t.same(read({}), {})
  t.match(
    refusal(() => read({ 'v1-bad-keys': '401' })),
    /^answers takes .*did you mean v1-bad-key\?$/,
  )
  t.match(
    refusal(() => readOptions({ answers: null } as never, {})),
    /^answers takes /,
  )
  t.end()
})

t.test('every option of every question is accepted', (t) => {
  for (const name of ANSWER_NAMES) {
    for (const option of QUESTIONS[name])
      t.same(answersOf([`--answer=${name}=${option}`]), { [name]: option })
  }
  t.end()
})

t.test('an unknown name is refused with the nearest one, or with all of them', (t) => {
  const takes = '--answer takes the name of an open question and its answer, such as v1-unknown-secret=403'

  t.equal(
    refusal(() => answersOf(['--answer', 'v1-badkey=401'])),
    `${takes}, not "v1-badkey=401": did you mean v1-bad-key?`,
  )
  t.equal(
    refusal(() => answersOf(['--answer', 'colour=red'])),
    `${takes}, not "colour=red": the questions are ${ANSWER_NAMES.join(', ')}`,
  )
  t.equal(
    refusal(() => answersOf([], { FAKE_DEVIN_ANSWER: 'v3-422=detail-list,v3-totals=null' })),
    `${takes.replace('--answer', 'FAKE_DEVIN_ANSWER')}, not "v3-422=detail-list,v3-totals=null": did you mean v3-total?`,
  )
  t.end()
})

t.test('an unknown option is refused with the known ones', (t) => {
  const reasonOf = (text: string) => refusal(() => answersOf(['--answer', text])).replace(/^.*?": /, '')

  t.equal(reasonOf('v1-message=202'), 'v1-message is 200 or 204')
  t.equal(reasonOf('v3-422=x'), 'v3-422 is problem, unprocessable-content or detail-list')
  t.equal(reasonOf('v1-message'), 'v1-message is 200 or 204')
  t.equal(reasonOf('v1-message=200=204'), 'v1-message is 200 or 204')
  t.end()
})

t.test('a key in place of an answer is not repeated in the error', (t) => {
  for (const text of ['cog_mine', 'v1-bad-key=cog_mine', 'v1-message=204,apk_user_mine']) {
    const message = refusal(() => answersOf(['--answer', text]))
    t.match(message, 'not a key')
    t.notMatch(message, 'mine')
  }
  t.end()
})
