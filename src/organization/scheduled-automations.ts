import { nextTurn } from '../fastapi/turns.ts'
import type { AutomationRecord } from '../resources/automations.ts'
import { compileCron } from '../simulation/cron.ts'
import { cronsOf } from '../simulation/recurrence.ts'
import { inTurn, invoke } from './automation-runs.ts'
import type { Organization } from './organizations.ts'
import { isExpected, type Upcoming } from './schedule-runs.ts'

/** The number of cron expressions computed per turn of the event loop. Each takes up to 0.3 ms. */
const CRONS_PER_TURN = 50

/** The number of cron expressions computed in this process. */
let computed = 0

/** The next moments of automations. A record never changes, and most requests change none. */
const nextMoments = new WeakMap<AutomationRecord, number>()

/** Returns the next run of an automation by its schedule. */
export async function upcomingAutomation(
  organization: Organization,
  automation: AutomationRecord,
): Promise<Upcoming> {
  let current = automation
  return {
    at: await nextRunOf(automation),
    run: (at) =>
      inTurn(organization, async () => {
        const claimed = await claim(organization, current, at)
        if (claimed !== undefined) await start(organization, claimed, at)
        const found = await organization.automations.get(automation.id)
        if (found === undefined) return Number.POSITIVE_INFINITY
        current = found
        return nextRunOf(found)
      }),
  }
}

/** Returns the time of the next run of an automation; infinity if its schedule has none. */
async function nextRunOf(automation: AutomationRecord): Promise<number> {
  const { settings, runsAfter } = automation
  if (!settings.enabled) return Number.POSITIVE_INFINITY
  const known = nextMoments.get(automation)
  if (known !== undefined) return known
  let next = Number.POSITIVE_INFINITY
  for (const cron of cronsOf(settings)) {
    const nextAfter = await compileCron(cron)
    next = Math.min(next, nextAfter(runsAfter) ?? next)
    if (++computed % CRONS_PER_TURN === 0) await nextTurn()
  }
  nextMoments.set(automation, next)
  return next
}

/** Advances an automation to its next run. Returns undefined if a request has changed or deleted it meanwhile. */
async function claim(
  { automations }: Organization,
  automation: AutomationRecord,
  at: number,
): Promise<AutomationRecord | undefined> {
  let isClaimed = false
  const claimed = await automations.update(automation.id, (before) => {
    isClaimed = before === automation
    return isClaimed ? { ...before, runsAfter: at } : before
  })
  return isClaimed ? claimed : undefined
}

/** Starts the sessions of a run. Records a failure in the automation. A run beyond a limit starts no session. */
async function start(organization: Organization, automation: AutomationRecord, at: number): Promise<void> {
  try {
    await invoke({ organization, automation }, null, at)
  } catch (error) {
    if (!isExpected(error)) throw error
  }
}
