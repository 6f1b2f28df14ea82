import { type Static, Type } from '@sinclair/typebox'
import { Defaulted } from '../types.ts'
import { OrgId } from './scope.ts'

/** The organization to show, whether to include keys and secret values, and the kinds of records. */
export const StateQuery = Type.Object({
  org_id: OrgId,
  reveal: Defaulted(Type.Boolean({ default: false })),
  /** The lists of records to show, by their names: a parameter for each. Default: the whole document. */
  collections: Type.Optional(Type.Array(Type.String())),
})
/** {@link StateQuery} */
export type StateQuery = Partial<Static<typeof StateQuery>>
