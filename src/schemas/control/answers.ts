import { type Static, type TOptional, type TUnsafe, Type } from '@sinclair/typebox'
import {
  ANSWER_NAMES,
  type AnswerName,
  type AnswerOption,
  QUESTIONS,
  SERVER_WIDE,
} from '../../answers/questions.ts'
import { StringEnum } from '../types.ts'
import { OrgId, StrictObject } from './scope.ts'

type Choices = { [Name in AnswerName]: TOptional<TUnsafe<AnswerOption<Name>>> }

function choicesOf(names: readonly AnswerName[]) {
  const entries = names.map((name) => [name, Type.Optional(StringEnum(QUESTIONS[name]))])
  return StrictObject(Object.fromEntries(entries) as Choices)
}

/** Answers to open questions. Those that are omitted stay. */
export const ServerAnswers = choicesOf(ANSWER_NAMES)

/** The same of an organization, which does not choose those that are needed before it is known. */
export const OrganizationAnswers = choicesOf(ANSWER_NAMES.filter((name) => !SERVER_WIDE.includes(name)))

/** The answers to choose, for all organizations or one. */
export const SetAnswers = StrictObject({ org_id: OrgId, answers: ServerAnswers })
/** {@link SetAnswers} */
export type SetAnswers = Static<typeof SetAnswers>

/** The answers to all open questions. */
export const AnswersResponse = Type.Object(
  {
    answers: Type.Object(
      Object.fromEntries(ANSWER_NAMES.map((name) => [name, StringEnum(QUESTIONS[name])])) as {
        [Name in AnswerName]: TUnsafe<AnswerOption<Name>>
      },
    ),
  },
  { $id: 'Answers', title: 'Answers' },
)
/** {@link AnswersResponse} */
export type AnswersResponse = Static<typeof AnswersResponse>
