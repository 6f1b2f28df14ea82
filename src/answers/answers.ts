import {
  type AllAnswers,
  ANSWER_NAMES,
  type AnswerChoices,
  type AnswerName,
  type AnswerOption,
  QUESTIONS,
} from './questions.ts'

/** The first option of each question. */
const DEFAULTS = Object.fromEntries(ANSWER_NAMES.map((name) => [name, QUESTIONS[name][0]])) as AllAnswers

/** The answers to the open questions: those chosen here, else those of another object, else the defaults. */
export class Answers {
  readonly #others: Answers | undefined
  /** Default: nothing is chosen here. */
  #own: AnswerChoices | undefined
  readonly #onChange: (() => void) | undefined

  /** `onChange` is called after each change. Default: no callback. */
  constructor(own?: AnswerChoices, others?: Answers, onChange?: () => void) {
    this.#own = own
    this.#others = others
    this.#onChange = onChange
  }

  /** Returns the answer to a question. The loop is fast if nothing is chosen, which is the usual case. */
  get<Name extends AnswerName>(name: Name): AnswerOption<Name> {
    let answers: Answers | undefined = this
    do {
      const chosen = answers.#own?.[name]
      if (chosen !== undefined) return chosen
      answers = answers.#others
    } while (answers !== undefined)
    return DEFAULTS[name]
  }

  /** Returns whether an option is the answer to a question. */
  is<Name extends AnswerName>(name: Name, option: AnswerOption<Name>): boolean {
    return this.get(name) === option
  }

  /** Returns the answers to all questions. */
  all(): AllAnswers {
    return Object.fromEntries(ANSWER_NAMES.map((name) => [name, this.get(name)])) as AllAnswers
  }

  /** The answers that were chosen here; undefined for none. Setting them, from a database, does not call `onChange`. */
  get own(): AnswerChoices | undefined {
    return this.#own
  }

  set own(choices: AnswerChoices | undefined) {
    this.#own = choices
  }

  /** Chooses answers. Those to other questions stay. */
  choose(choices: AnswerChoices): void {
    this.replace({ ...this.#own, ...choices })
  }

  /** Discards the answers that were chosen here to some questions. Default: to all. */
  release(names: readonly AnswerName[] = ANSWER_NAMES): void {
    const kept = Object.entries(this.#own ?? {}).filter(([name]) => !names.includes(name as AnswerName))
    this.replace(Object.fromEntries(kept))
  }

  /** Replaces all that was chosen here. */
  replace(choices: AnswerChoices): void {
    this.#own = Object.keys(choices).length === 0 ? undefined : choices
    this.#onChange?.()
  }
}
