import { type Static, Type } from '@sinclair/typebox'

/** Why a call was refused, in a sentence. */
export const ErrorResponse = Type.Object(
  { detail: Type.String() },
  { $id: 'ErrorResponse', title: 'ErrorResponse' },
)
/** {@link ErrorResponse} */
export type ErrorResponse = Static<typeof ErrorResponse>
