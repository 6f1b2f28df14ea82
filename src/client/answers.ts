import type { AllAnswers, AnswerChoices } from '../answers/questions.ts'
import type { AnswersResponse } from '../schemas/control/answers.ts'
import type { OrgQuery } from '../schemas/control/scope.ts'
import type { Control } from './control.ts'

/** The answers to the questions that the vendor leaves open; see docs/fidelity.md. */
export class Answers {
  readonly #control: Control

  constructor(control: Control) {
    this.#control = control
  }

  /** Returns the answers to all open questions. */
  async get(query: OrgQuery = {}): Promise<AllAnswers> {
    const { answers } = await this.#control.call<AnswersResponse>('GET /_fake/answers', {
      query: this.#control.scoped(query),
    })
    return answers
  }

  /** Chooses answers: `{ 'v1-unknown-secret': '403' }`. Returns those to all questions. */
  async set(choices: AnswerChoices, query: OrgQuery = {}): Promise<AllAnswers> {
    const { answers } = await this.#control.call<AnswersResponse>('PUT /_fake/answers', {
      body: this.#control.scoped({ ...query, answers: choices }),
    })
    return answers
  }

  /** Returns to the answers that the fake was started with; on an organization, to those of the fake. */
  async reset(query: OrgQuery = {}): Promise<void> {
    return this.#control.call('DELETE /_fake/answers', { query: this.#control.scoped(query) })
  }
}
