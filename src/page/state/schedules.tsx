import { useEffect } from 'preact/hooks'
import { nowOf } from '../clocks.ts'
import { Button } from '../components/button.tsx'
import { ConfirmButton, Dialog } from '../components/dialog.tsx'
import { Field, Select } from '../components/fields.tsx'
import { Ago, useNow } from '../components/time.tsx'
import { callApi, control } from '../control.ts'
import { createCommand } from '../model/state-commands.ts'
import { nextMoment } from '../model/state-cron.ts'
import type { StateRecord } from '../model/state-items.ts'
import { hrefOf } from '../place.ts'
import { texts } from '../texts/index.ts'
import { Collection } from './collection.tsx'
import type { CreateProps, DetailProps, Kind } from './kind.ts'
import { commonFacts, Facts, InOrganization, LongText, useForm, When } from './parts.tsx'

interface Schedule extends StateRecord {
  readonly id: string
  readonly name: string
  readonly prompt: string
  readonly enabled: boolean
  readonly schedule_type: 'recurring' | 'one_time'
  readonly frequency: string | null
  readonly interval_count: number
  readonly scheduled_at: string | null
  readonly runs_after: string
  readonly last_executed_at: string | null
  readonly last_error_message: string | null
  readonly playbook_id: string | null
  readonly tags: readonly string[] | null
}

/** The schedules. */
export function Schedules({ path: [id] }: { readonly path: readonly string[] }) {
  const { state } = texts.value
  const kind: Kind<Schedule> = {
    path: ['state', 'schedules'],
    collection: 'schedules',
    kinds: ['clock'],
    shape: (record) => record as Schedule,
    summary: ({ orgId, record }) => ({
      title: record.name,
      note: record.prompt.slice(0, 200),
      marks: (
        <>
          {record.frequency === null ? state.schedules.once : <code>{record.frequency}</code>}
          {record.enabled ? (
            <NextRun orgId={orgId} record={record} />
          ) : (
            <span class="badge warn">{state.disabled}</span>
          )}
        </>
      ),
    }),
    Detail,
    Create,
    empty: state.schedules.empty,
    command: (target) => createCommand(target, '/schedules', EXAMPLE),
    label: state.tabs.schedules,
    create: state.schedules.create,
  }
  return <Collection kind={kind} id={id} />
}

/** Returns when a schedule runs next, in milliseconds since the epoch; undefined if it does not. */
function nextRun({ enabled, schedule_type: type, ...schedule }: Schedule): number | undefined {
  if (!enabled) return undefined
  const after = Date.parse(schedule.runs_after)
  if (type === 'recurring') return nextMoment(schedule.frequency ?? '', after)
  const at = Date.parse(schedule.scheduled_at ?? '')
  return at > after ? at : undefined
}

/** When a schedule runs next. */
function NextRun({ orgId, record }: { readonly orgId: string; readonly record: Schedule }) {
  const { schedules } = texts.value.state
  const next = nextRun(record)
  const isDue = next !== undefined && next <= useNow(orgId)
  useEffect(() => {
    // The server starts what is due when it is asked for something.
    if (isDue)
      void control('/state', { query: { org_id: orgId, collections: ['schedules'] } }).catch(() => {})
  }, [isDue])
  if (next === undefined) return <span class="badge">{schedules.never}</span>
  return (
    <span class="badge good">
      {schedules.nextRun} <Ago time={new Date(next).toISOString()} orgId={orgId} />
    </span>
  )
}

/** What the command of an empty list creates. */
const EXAMPLE = { name: 'Every morning', prompt: 'Fix the flaky tests', frequency: '0 9 * * 1-5' }

function schedulePath(id: string): string {
  return `/v3/organizations/{org_id}/schedules/${encodeURIComponent(id)}`
}

function Detail({ item, onDelete }: DetailProps<Schedule>) {
  const { state, common } = texts.value
  const { schedules } = state
  const { orgId, id, record } = item
  const { enabled, interval_count: count, last_executed_at: last, playbook_id: playbook } = record
  const next = nextRun(record)
  return (
    <>
      <Facts
        facts={[
          [state.enabled, enabled ? state.yes : state.no],
          [schedules.cron, record.frequency !== null && <code key="cron">{record.frequency}</code>],
          [schedules.every, count > 1 && schedules.everyNth(count)],
          [
            schedules.nextRun,
            next !== undefined && <When key="next" time={new Date(next).toISOString()} orgId={orgId} />,
          ],
          [schedules.lastRun, last !== null && <When key="last" time={last} orgId={orgId} />],
          [schedules.lastError, record.last_error_message],
          [
            schedules.playbook,
            playbook !== null && (
              <a key="playbook" href={hrefOf(['state', 'playbooks', playbook])}>
                {playbook}
              </a>
            ),
          ],
          [schedules.tags, record.tags?.join(', ')],
          ...commonFacts(item),
        ]}
      />
      <LongText label={schedules.prompt} text={record.prompt} />
      <p class="muted">
        {schedules.hint} <a href={hrefOf(['controls', 'clock'])}>{schedules.toClock}</a>
      </p>
      <div class="row">
        <Button onClick={() => callApi(orgId, 'PATCH', schedulePath(id), { enabled: !enabled })}>
          {enabled ? schedules.switchOff : schedules.switchOn}
        </Button>
        <ConfirmButton
          label={common.delete}
          question={state.deleteQuestion(record.name)}
          onConfirm={() => onDelete(() => callApi(orgId, 'DELETE', schedulePath(id)))}
        />
      </div>
    </>
  )
}

/** The time of a new schedule that runs once, from now. */
const LATER_MS = 3_600_000

const NEW = {
  name: '',
  prompt: '',
  schedule_type: 'recurring',
  frequency: '0 9 * * 1-5',
  scheduled_at: '',
}

function Create({ orgId, onClose, onCreated }: CreateProps) {
  const { state, common } = texts.value
  const { schedules } = state
  const now = nowOf(orgId)
  const { values, field, discard } = useForm('schedule', NEW)
  const type = field('schedule_type')
  const at = field('scheduled_at')
  const isRecurring = type.value === 'recurring'
  const submit = async () => {
    const { frequency, scheduled_at, ...rest } = values
    const body = { ...rest, ...(isRecurring ? { frequency } : { scheduled_at }) }
    const answer = await callApi(orgId, 'POST', '/v3/organizations/{org_id}/schedules', body)
    onCreated((answer.body as { scheduled_session_id: string }).scheduled_session_id)
  }
  return (
    <Dialog
      title={schedules.create}
      submit={common.create}
      onSubmit={submit}
      onDiscard={discard}
      onClose={onClose}
    >
      <InOrganization orgId={orgId} />
      <Field label={state.name} required autoFocus {...field('name')} />
      <Field label={schedules.prompt} isLong required {...field('prompt')} />
      <Select
        label={schedules.type}
        value={type.value}
        options={[
          ['recurring', schedules.recurring],
          ['one_time', schedules.once],
        ]}
        onChange={(chosen) => {
          type.onInput(chosen)
          if (at.value === '') at.onInput(new Date(now + LATER_MS).toISOString().replace(/\.\d+/, ''))
        }}
      />
      {isRecurring ? (
        <Field label={schedules.cron} hint={schedules.cronHint} required {...field('frequency')} />
      ) : (
        <Field label={schedules.at} hint={schedules.atHint} required {...at} />
      )}
    </Dialog>
  )
}
