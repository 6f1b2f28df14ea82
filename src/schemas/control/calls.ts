import { type Static, Type } from '@sinclair/typebox'
import { Method, ORG_ID_MAX, StrictObject } from './scope.ts'

/** A call of the API to make in the name of an organization. */
export const ApiCall = StrictObject({
  /** `enterprise` for the enterprise itself. */
  org_id: Type.String({ minLength: 1, maxLength: ORG_ID_MAX }),
  method: Method,
  /** A path of the API with its query. `{org_id}` stands for the organization. */
  path: Type.String({ minLength: 1, maxLength: 8_192 }),
  /** Those that say who calls and how the body is sent are set by the server. */
  headers: Type.Optional(Type.Record(Type.String(), Type.String())),
  /** Any JSON. Null for none. */
  body: Type.Optional(Type.Unknown()),
})
/** {@link ApiCall} */
export type ApiCall = Static<typeof ApiCall>

/** The API's answer to a call, whatever its status. */
export const ApiAnswer = Type.Object(
  {
    status: Type.Integer(),
    headers: Type.Record(Type.String(), Type.String()),
    /** Any JSON, or a text. Null for an answer without a body, and for one of bytes, such as a file. */
    body: Type.Unknown(),
  },
  { $id: 'ApiAnswer', title: 'ApiAnswer' },
)
/** {@link ApiAnswer} */
export type ApiAnswer = Static<typeof ApiAnswer>
