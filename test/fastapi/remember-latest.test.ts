import t from 'tap'
import { rememberLatest } from '../../src/fastapi/remember-latest.ts'

t.test('a value is computed once for calls in a row with the same text', (t) => {
  const computed: string[] = []
  const lengthOf = rememberLatest((text) => {
    computed.push(text)
    return text.length
  })

  t.same(['', 'a', 'a', 'bb', 'bb', 'a'].map(lengthOf), [0, 1, 1, 2, 2, 1])
  t.same(computed, ['', 'a', 'bb', 'a'])
  t.end()
})

t.test('a text whose value cannot be computed is not remembered', (t) => {
  const checked = rememberLatest((text) => {
    if (text === 'bad') throw new Error(text)
    return text
  })

  t.equal(checked('good'), 'good')
  for (const _again of [1, 2]) t.throws(() => checked('bad'), { message: 'bad' })
  t.equal(checked('good'), 'good')
  t.end()
})
