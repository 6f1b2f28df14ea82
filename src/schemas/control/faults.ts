import { type Static, Type } from '@sinclair/typebox'
import { FaultView } from './fault.ts'

/** The path of a fault. */
export const FaultPath = Type.Object({ fault_id: Type.String() })
/** {@link FaultPath} */
export type FaultPath = Static<typeof FaultPath>

/** The faults in the order in which they are matched. */
export const FaultsResponse = Type.Object({
  /** The faults that have not run out. */
  faults: Type.Array(FaultView),
})
/** {@link FaultsResponse} */
export type FaultsResponse = Static<typeof FaultsResponse>
