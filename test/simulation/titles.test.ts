import t from 'tap'
import { firstLine, generatedTitle } from '../../src/simulation/titles.ts'

t.test('a title is the first line of the prompt, cut to sixty characters', async (t) => {
  t.equal(generatedTitle('\n  Fix the bug \nand more'), 'Fix the bug')
  t.equal(generatedTitle('x'.repeat(60)), 'x'.repeat(60))
  t.equal(generatedTitle('x'.repeat(61)), `${'x'.repeat(59)}…`)
})

t.test('a prompt without a line is untitled', async (t) => {
  for (const prompt of ['', ' \n ']) t.equal(generatedTitle(prompt), 'Untitled session')
})

t.test('a cut leaves no half of a character', async (t) => {
  t.equal(firstLine('ab😀cd', 4), 'ab…')
  t.equal(firstLine('ab😀cd', 5), 'ab😀…')
})
