import { type JournalEntry, type JournalTally, OmittedBody } from '../journal/journal.ts'
import type { Journals } from '../journal/journals.ts'
import { nothing, ownerOf, type RowKind } from './row-kind.ts'

/** A body as JSON: bytes are written as characters up to U+00FF. */
type BodyData =
  | null
  | { readonly bytes: string }
  | { readonly text: string }
  | { readonly form: Readonly<Record<string, unknown>> }
  | { readonly omitted: number | null }

/** An entry as JSON. */
interface EntryData extends Omit<JournalEntry, 'id' | 'orgId' | 'body' | 'payload' | 'route' | 'fault'> {
  readonly fault?: string
  readonly route: readonly [method: string, template: string] | null
  readonly body: BodyData
  readonly payload: BodyData
}

function toBodyData(body: JournalEntry['body'] | JournalEntry['payload']): BodyData {
  if (body === undefined || body === null) return null
  if (typeof body === 'string') return { text: body }
  if (body instanceof Uint8Array) return { bytes: Buffer.from(body).toString('latin1') }
  return body instanceof OmittedBody ? { omitted: body.size } : { form: body }
}

function toBody(data: BodyData) {
  if (data === null) return null
  if ('text' in data) return data.text
  if ('bytes' in data) return Buffer.from(data.bytes, 'latin1')
  return 'omitted' in data ? new OmittedBody(data.omitted) : data.form
}

function toEntryData({ id, orgId, route, body, payload, ...entry }: JournalEntry): EntryData {
  return {
    ...entry,
    route: route === null ? null : [route.method, route.template],
    body: toBodyData(body),
    payload: toBodyData(payload),
  } as EntryData
}

/** The rows of the requests and responses. */
export function requestRows(journals: Journals): RowKind {
  const journalOf = (orgId: string) => journals.of(ownerOf(orgId))
  return {
    name: 'requests',
    read(orgId, id) {
      const entry = journalOf(orgId).get(Number(id))
      return entry && { position: entry.id, data: toEntryData(entry) }
    },
    write(orgId, _id, { position: id = 0, data, isNew = false }) {
      const { route, body, payload, fault, ...rest } = data as EntryData
      const entry: JournalEntry = {
        ...rest,
        id,
        orgId: ownerOf(orgId),
        route: route === null ? null : journals.routes.find(...route),
        body: (toBody(body) ?? undefined) as JournalEntry['body'],
        payload: toBody(payload) as JournalEntry['payload'],
        fault,
      }
      journalOf(orgId).put(entry)
      if (isNew) journals.onEntry?.(entry)
    },
    remove: (orgId, id) => journalOf(orgId).removeUpTo(Number(id)),
    clear: () => journals.restart(),
  }
}

/** The rows of the numbers of requests that journals have dropped. */
export function tallyRows(journals: Journals): RowKind {
  return {
    name: 'journals',
    read(orgId) {
      const data = journals.tallyOf(ownerOf(orgId))
      return data && { data }
    },
    write: (orgId, _id, { data }) => journals.setTally(ownerOf(orgId), data as JournalTally),
    remove: (orgId) => journals.setTally(ownerOf(orgId), undefined),
    clear: nothing,
  }
}
