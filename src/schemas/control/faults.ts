import { type Static, Type } from '@sinclair/typebox'
import { FaultView } from './fault.ts'

/** Which fault is meant. */
export const FaultPath = Type.Object({ fault_id: Type.String() })
/** {@link FaultPath} */
export type FaultPath = Static<typeof FaultPath>

/** Faults in the order in which they are tried. */
export const ShownFaults = Type.Object({ faults: Type.Array(FaultView) })
/** {@link ShownFaults} */
export type ShownFaults = Static<typeof ShownFaults>
