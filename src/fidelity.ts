import { attachments } from './fidelity/attachments.ts'
import { knowledge } from './fidelity/knowledge.ts'
import { legacy } from './fidelity/legacy.ts'
import { playbooks } from './fidelity/playbooks.ts'
import type { FidelityRow } from './fidelity/row.ts'
import { secrets } from './fidelity/secrets.ts'
import { sessions } from './fidelity/sessions.ts'
import { topics } from './fidelity/topics.ts'

export type { Confidence, FidelityRow } from './fidelity/row.ts'

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
