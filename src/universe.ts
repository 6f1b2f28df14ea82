import { AuditLog } from './audit.ts'
import type { Clock } from './clock.ts'
import type { Ids } from './ids.ts'
import { UrlSigner } from './signed-urls.ts'
import * as records from './store/records.ts'
import type { Collection, Store } from './store/types.ts'

/** Everything behind one organisation. A request reaches nothing but the universe of its principal. */
export interface Universe {
  readonly orgId: string
  readonly clock: Clock
  readonly ids: Ids
  /** Signs the addresses of the server's files; one for all universes. */
  readonly signer: UrlSigner
  readonly secrets: Collection<records.SecretRecord>
  readonly sessions: Collection<records.SessionRecord>
  readonly attachments: Collection<records.AttachmentRecord>
  readonly knowledge: Collection<records.KnowledgeRecord>
  readonly folders: Collection<records.FolderRecord>
  readonly playbooks: Collection<records.PlaybookRecord>
  readonly auditLog: AuditLog
}

/** The universes of one server, each made when it is first asked for. */
export interface Universes {
  of(orgId: string): Universe
}

/** Universes over a store. */
export function createUniverses(services: { store: Store; clock: Clock; ids: Ids }): Universes {
  const universes = new Map<string, Universe>()
  const signer = new UrlSigner(services.ids.hex())
  const create = (orgId: string): Universe => ({
    orgId,
    clock: services.clock,
    ids: services.ids,
    signer,
    secrets: services.store.collection(orgId, records.secrets),
    sessions: services.store.collection(orgId, records.sessions),
    attachments: services.store.collection(orgId, records.attachments),
    knowledge: services.store.collection(orgId, records.knowledge),
    folders: services.store.collection(orgId, records.folders),
    playbooks: services.store.collection(orgId, records.playbooks),
    auditLog: new AuditLog({ ...services, records: services.store.collection(orgId, records.auditLog) }),
  })
  return {
    of(orgId) {
      let universe = universes.get(orgId)
      if (universe === undefined) {
        universe = create(orgId)
        universes.set(orgId, universe)
      }
      return universe
    },
  }
}
