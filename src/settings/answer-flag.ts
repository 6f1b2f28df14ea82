import { ANSWER_NAMES, type AnswerChoices, QUESTIONS } from '../answers/questions.ts'
import { closestName } from '../base/suggestions.ts'

/** The flag for answers to open questions. */
export const ANSWER = {
  name: 'answer',
  isList: true,
  variables: [{ name: 'FAKE_DEVIN_ANSWER' }],
  placeholder: 'NAME=OPTION',
  default: undefined,
  text: 'Answer to a question that the vendor leaves open; repeatable, or a comma-separated list; see docs/fidelity.md.',
  takes: 'the name of an open question and its answer, such as v1-unknown-secret=403',
  parse: (text: string): AnswerChoices | undefined =>
    flawOf(text) === undefined ? Object.fromEntries(pairsOf(text)) : undefined,
  flaw: flawOf,
}

function pairsOf(text: string): (readonly [name: string, option: string])[] {
  const pairs = text === '' ? [] : text.split(',')
  return pairs.map((pair) => {
    const [name = '', ...option] = pair.split('=')
    return [name.trim(), option.join('=').trim()]
  })
}

/** Returns why a list of answers is invalid; undefined if it is valid. Does not repeat the text. */
function flawOf(text: string): string | undefined {
  for (const [name, option] of pairsOf(text)) {
    const known = ANSWER_NAMES.find((other) => other === name)
    if (known === undefined) return unknownName(name)
    const options: readonly string[] = QUESTIONS[known]
    if (!options.includes(option))
      return `${known} is ${options.slice(0, -1).join(', ')} or ${options.at(-1)}`
  }
  return undefined
}

function unknownName(name: string): string {
  const near = closestName(name, ANSWER_NAMES)
  return near === undefined ? `the questions are ${ANSWER_NAMES.join(', ')}` : `did you mean ${near}?`
}
