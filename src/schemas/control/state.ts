import { type Static, Type } from '@sinclair/typebox'
import { Defaulted } from '../types.ts'
import { OrgId } from './scope.ts'

/** What of the state is shown, and whether with keys and the values of secrets. */
export const StateQuery = Type.Object({
  org_id: OrgId,
  reveal: Defaulted(Type.Boolean({ default: false })),
})
/** {@link StateQuery} */
export type StateQuery = Partial<Static<typeof StateQuery>>
