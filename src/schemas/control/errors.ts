import { type Static, Type } from '@sinclair/typebox'

/** The reason for a refused call, as a sentence. */
export const ErrorResponse = Type.Object(
  { detail: Type.String() },
  { $id: 'ErrorResponse', title: 'ErrorResponse' },
)
/** {@link ErrorResponse} */
export type ErrorResponse = Static<typeof ErrorResponse>
