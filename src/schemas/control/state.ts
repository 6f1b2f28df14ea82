import { type Static, Type } from '@sinclair/typebox'
import { Defaulted } from '../types.ts'
import { OrgId } from './scope.ts'

/** The organization to show, and whether to include keys and secret values. */
export const StateQuery = Type.Object({
  org_id: OrgId,
  reveal: Defaulted(Type.Boolean({ default: false })),
})
/** {@link StateQuery} */
export type StateQuery = Partial<Static<typeof StateQuery>>
