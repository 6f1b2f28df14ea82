import { type Static, Type } from '@sinclair/typebox'
import { Defaulted } from '../types.ts'
import { OrgId } from './scope.ts'

/** The organization to show, whether to include keys and secret values, and which records and files. */
export const StateQuery = Type.Object({
  org_id: OrgId,
  /** Whether to include keys and the values of secrets. Default: no. */
  reveal: Defaulted(Type.Boolean({ default: false })),
  /** The lists of records to show, by their names: a parameter for each. Default: the whole document. */
  collections: Type.Optional(Type.Array(Type.String())),
  /** Whether to show the contents of files; otherwise their `size` in bytes, and the document cannot be loaded again. */
  files: Defaulted(Type.Boolean({ default: true })),
})
/** {@link StateQuery} */
export type StateQuery = Partial<Static<typeof StateQuery>>
