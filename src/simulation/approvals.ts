import { AFTER_READS_MAX, AFTER_SECONDS_MAX, type Scenario, STEPS_MAX, type Step } from './scenario.ts'

/** The scenarios without approvals, by the original. They are cached, so that sessions share them. */
const bypassed = new WeakMap<Scenario, Scenario>()

/**
 * Returns the scenario of a session that bypasses approvals. A step that waits for an approval loses its message and its status, so that
 * the next step follows without a wait. If it is the last of the `steps`, `on_message` follows, as if the approval had been sent. If
 * nothing follows, the session waits for its user.
 */
export function withoutApprovals(scenario: Scenario): Scenario {
  const { steps, on_message: answer = [] } = scenario
  if (![...steps, ...answer].some(waitsForApproval)) return scenario
  let result = bypassed.get(scenario)
  if (result === undefined) {
    const onMessage = answer.map(passedUnlessLast)
    result = {
      ...scenario,
      steps: stepsWithout(steps, onMessage),
      ...(scenario.on_message !== undefined && { on_message: onMessage }),
    }
    bypassed.set(scenario, result)
  }
  return result
}

function waitsForApproval({ status_detail: detail }: Step): boolean {
  return detail === 'waiting_for_approval'
}

function stepsWithout(steps: readonly Step[], onMessage: readonly Step[]): Step[] {
  const last = steps.at(-1)
  if (last === undefined || !waitsForApproval(last) || onMessage.length === 0) {
    return steps.map(passedUnlessLast)
  }
  return [...steps.map(passed), ...onMessage.map((step) => laterStep(step, steps))].slice(0, STEPS_MAX)
}

function passedUnlessLast(step: Step, index: number, steps: readonly Step[]): Step {
  const isLast = index === steps.length - 1
  return isLast && waitsForApproval(step) ? { ...step, status_detail: 'waiting_for_user' } : passed(step)
}

/** Returns a step without its message and its wait for an approval. Keeps its time and its other effects. */
function passed(step: Step): Step {
  if (!waitsForApproval(step)) return step
  const { message, status, status_enum, status_detail, ...rest } = step
  return rest
}

/** Returns a step with its times moved behind those of the steps before it. */
function laterStep(step: Step, before: readonly Step[]): Step {
  const { after_seconds: seconds, after_reads: reads } = step
  return {
    ...step,
    ...(seconds !== undefined && {
      after_seconds: Math.min(seconds + latest(before, 'after_seconds'), AFTER_SECONDS_MAX),
    }),
    ...(reads !== undefined && {
      after_reads: Math.min(reads + latest(before, 'after_reads'), AFTER_READS_MAX),
    }),
  }
}

function latest(steps: readonly Step[], member: 'after_seconds' | 'after_reads'): number {
  return Math.max(0, ...steps.map((step) => step[member] ?? 0))
}
