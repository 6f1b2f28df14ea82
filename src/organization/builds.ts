import type { Principal } from '../auth/principal.ts'
import { formatInstant } from '../base/clock.ts'
import { DAY_MICROS } from '../base/periods.ts'
import { type BuildRecord, PINNED } from '../resources/builds.ts'
import { type BuildState, buildAt } from '../simulation/build-state.ts'
import { UniqueKeyError } from '../store/types.ts'
import { found, InUse, NotFound } from './errors.ts'
import type { Organization } from './organizations.ts'

/** The text in a blueprint that makes builds fail. */
export const FAILURE_MARKER = '[fake:failed-build]'

/** The age from which a build cannot be pinned, in microseconds: 7 days. */
const PINNABLE_MICROS = 7 * DAY_MICROS

/** Returns the current state of a build. */
export function buildNow({ clock }: Organization, build: BuildRecord): BuildState {
  return buildAt(build, clock.now(), clock.instant)
}

/** Starts a build. It fails if a blueprint contains {@link FAILURE_MARKER}. */
export async function startBuild(organization: Organization, principal: Principal): Promise<BuildRecord> {
  const { builds, blueprints, ids, clock, auditLog } = organization
  const [failing] = await blueprints.list({
    where: ({ contents }) => contents.includes(FAILURE_MARKER),
    limit: 1,
  })
  const build: BuildRecord = {
    id: `build-${ids.hex()}`,
    trigger: 'manual',
    outcome: failing === undefined ? 'succeeded' : 'failed',
    cancelledAt: null,
    pinnedAt: null,
    createdAt: clock.now(),
    createdBy: principal.actor,
  }
  await builds.insert(build)
  auditLog.write(principal, 'start_build', build.id)
  return build
}

/** Returns a build. Throws {@link NotFound}. */
export async function getBuild({ builds }: Organization, id: string): Promise<BuildRecord> {
  return found(await builds.get(id), 'build')
}

/** Returns the build that new sessions start from: the pinned one, or else the newest successful one. */
export async function activeBuild(organization: Organization): Promise<BuildRecord | undefined> {
  const { builds } = organization
  const pinned = await builds.find(PINNED)
  if (pinned !== undefined) return pinned
  const [newest] = await builds.list({
    order: 'newest',
    where: (build) => buildNow(organization, build).status === 'succeeded',
    limit: 1,
  })
  return newest
}

/** Cancels a build. Has no effect on a build that has ended. Throws {@link NotFound}. */
export async function cancelBuild(
  organization: Organization,
  principal: Principal,
  id: string,
): Promise<BuildRecord> {
  const { builds, clock, auditLog } = organization
  let isCancelled = false
  const updated = await builds.update(id, (before) => {
    isCancelled = buildNow(organization, before).completedAt === null
    return isCancelled ? { ...before, cancelledAt: clock.now() } : before
  })
  const build = found(updated, 'build')
  if (isCancelled) auditLog.write(principal, 'cancel_build', build.id)
  return build
}

/**
 * Pins the organization to a build, in place of the one that it was pinned to. Throws {@link NotFound}, and {@link InUse} for a build
 * that has not succeeded or is older than 7 days.
 */
export async function pinBuild(
  organization: Organization,
  principal: Principal,
  id: string,
): Promise<BuildRecord> {
  const build = await getBuild(organization, id)
  const now = organization.clock.now()
  if (buildNow(organization, build).status !== 'succeeded') throw new InUse('The build has not succeeded')
  if (now - build.createdAt >= PINNABLE_MICROS) throw new InUse('The build is older than 7 days')
  const pinned = await movePin(organization, build, now)
  organization.auditLog.write(principal, 'pin_build', build.id)
  return pinned
}

async function movePin(organization: Organization, build: BuildRecord, now: number): Promise<BuildRecord> {
  const { builds } = organization
  const before = await builds.find(PINNED)
  try {
    // Both at once, so that no request sees the organization without a pinned build.
    const [, pinned] = await Promise.all([
      before && builds.update(before.id, (one) => ({ ...one, pinnedAt: null })),
      builds.update(build.id, (one) => ({ ...one, pinnedAt: now })),
    ])
    return found(pinned, 'build')
  } catch (error) {
    // A concurrent request has pinned another build.
    if (error instanceof UniqueKeyError) return movePin(organization, build, now)
    throw error
  }
}

/** Returns the log that a build has written so far. */
export function buildLog(organization: Organization, build: BuildRecord): string {
  const { status, startedAt, completedAt } = buildNow(organization, build)
  const line = (at: number | null, reached: string) =>
    at === null ? '' : `${formatInstant(at)} ${reached}\n`
  return line(build.createdAt, 'pending') + line(startedAt, 'running') + line(completedAt, status)
}
