import { attachments } from './attachments.ts'
import { knowledge } from './knowledge.ts'
import { legacy } from './legacy.ts'
import { playbooks } from './playbooks.ts'
import type { FidelityRow } from './row.ts'
import { secrets } from './secrets.ts'
import { sessions } from './sessions.ts'
import { topics } from './topics.ts'

export type { Confidence, FidelityRow } from './row.ts'

/** What the fake does, how well that is known, and where from: at least one row for each operation and each open answer. */
export const fidelity: readonly FidelityRow[] = [
  ...topics,
  ...sessions,
  ...attachments,
  ...secrets,
  ...knowledge,
  ...playbooks,
  ...legacy,
]
