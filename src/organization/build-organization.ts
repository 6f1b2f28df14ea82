import { Answers } from '../answers/answers.ts'
import { auditLog } from '../resources/audit-log.ts'
import { collectionsOf } from '../resources/index.ts'
import { VENDOR_APP_URL } from '../schemas/session-url.ts'
import { AuditLog } from './audit-log.ts'
import type { Organization, OrganizationServer, OrganizationServices } from './organization.ts'
import type { OrganizationIdentity } from './state.ts'

/** Returns a new organization of a server, with the records that the store has of it. */
export function buildOrganization(
  server: OrganizationServer,
  services: OrganizationServices,
  identity: OrganizationIdentity,
  position: number,
): Organization {
  const { orgId, name, openedAt } = identity
  const { store, appUrl = VENDOR_APP_URL } = services
  const { signer, scenarios, findEnterprise } = server
  const clock = server.clock.copy()
  clock.adjust(identity.clock)
  clock.onAdjust = () => server.noteChange(orgId)
  const ids = services.ids(orgId)
  ids.issued = identity.idsIssued
  const opened = store.open(orgId)
  const organization: Organization = Object.assign(collectionsOf(opened), {
    orgId,
    name,
    position,
    openedAt: openedAt ?? clock.now(),
    clock,
    ids,
    answers: new Answers(identity.answers, server.answers, clock.onAdjust),
    appUrl,
    signer,
    scenarios,
    auditLog: new AuditLog({ entries: opened.log(auditLog), clock, ids }),
    journal: server.journals.of(orgId),
    faults: server.faults.create(orgId),
    findEnterprise,
    exists: () => server.find(orgId) === organization,
  })
  return organization
}
