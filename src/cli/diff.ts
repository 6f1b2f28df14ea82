import type { KindDiff, SnapshotDiff } from '../schemas/control/snapshots.ts'
import type { Config } from '../settings/config.ts'
import { callServer, inJson, type Outputs, type Target } from './control-command.ts'

/** `fake-devin diff NAME`: prints the changes since a snapshot, record by record. */
export function diff(
  config: Target & Pick<Config, 'argument' | 'asJson'>,
  outputs: Outputs,
): Promise<number> {
  return callServer(config, outputs, async ({ snapshots }) => {
    const found = await snapshots.diff(String(config.argument))
    if (config.asJson) return inJson(found)
    return found.changed ? linesOf(found) : 'nothing has changed\n'
  })
}

function linesOf({ organizations }: SnapshotDiff): string {
  const lines = organizations.flatMap(({ org_id, records }) => [
    org_id,
    ...Object.entries(records).flatMap(([kind, changes]) => [`  ${kind}`, ...recordLines(changes)]),
  ])
  return `${lines.join('\n')}\n`
}

/** Returns the lines of a kind of record: `+ secret-1 "TOKEN"`, `- …`, `~ devin-1: tags ["old"] → ["new"]`. */
function recordLines({ added, removed, changed }: KindDiff): string[] {
  return [
    ...added.map((record) => `    + ${describe(record)}`),
    ...removed.map((record) => `    - ${describe(record)}`),
    ...changed.flatMap(({ id, changes }) =>
      Object.entries(changes).map(
        ([member, { before, after }]) => `    ~ ${id}: ${member} ${shown(before)} → ${shown(after)}`,
      ),
    ),
  ]
}

/** The members that best identify a record to a person, in order of preference. */
const IDENTIFYING = ['key', 'title', 'name', 'prompt', 'action']

function describe(record: Readonly<Record<string, unknown>>): string {
  const name = IDENTIFYING.map((member) => record[member]).find((value) => typeof value === 'string')
  return name === undefined ? `${record.id}` : `${record.id} ${shown(name)}`
}

/** Formats a value as one line of JSON, short enough for a terminal. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none'
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
