import type { ResourceKind } from '../resources/index.ts'
import { attachments } from './attachments.ts'
import { knowledge } from './knowledge.ts'
import { legacy } from './legacy.ts'
import { playbooks } from './playbooks.ts'
import type { FidelityRow } from './row.ts'
import { secrets } from './secrets.ts'
import { sessions } from './sessions.ts'
import { topics } from './topics.ts'

export type { Confidence, FidelityRow } from './row.ts'

/** The rows by resource. Those of folders are in `knowledge`, those of the audit log in `legacy`. */
const rows: Readonly<
  Record<Exclude<ResourceKind, 'folders' | 'auditLog'> | 'topics' | 'legacy', readonly FidelityRow[]>
> = {
  topics,
  sessions,
  attachments,
  secrets,
  knowledge,
  playbooks,
  legacy,
}

/** The ledger: what the fake does, and the evidence for it. At least one row per operation, and one per open answer. */
export const fidelity: readonly FidelityRow[] = Object.values(rows).flat()
