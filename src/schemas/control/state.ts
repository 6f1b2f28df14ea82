import { type Static, Type } from '@sinclair/typebox'
import { Defaulted } from '../v1/types.ts'
import { OrgId, StrictObject } from './scope.ts'

/** What of the state is shown, and whether with keys and the values of secrets. */
export const StateQuery = Type.Object({
  org_id: OrgId,
  reveal: Defaulted(Type.Boolean({ default: false })),
})
/** {@link StateQuery} */
export type StateQuery = Partial<Static<typeof StateQuery>>

/** What is put back to how it was at the start. */
export const Reset = StrictObject({ org_id: OrgId })
/** {@link Reset} */
export type Reset = Static<typeof Reset>
