import { Button } from '../components/button.tsx'
import { control } from '../control.ts'
import { download } from '../download.ts'
import { uploadCommand } from '../model/state-commands.ts'
import { type Item, type StateDocument, type StateRecord, sizeOf } from '../model/state-items.ts'
import { formatSize, texts } from '../texts/index.ts'
import { Collection } from './collection.tsx'
import type { DetailProps, Kind } from './kind.ts'
import { commonFacts, Facts } from './parts.tsx'

interface Attachment extends StateRecord {
  readonly id: string
  readonly name: string
  readonly content_type: string
  readonly size: number
}

/** The uploaded files. */
export function Attachments({ path: [id] }: { readonly path: readonly string[] }) {
  const { state } = texts.value
  const kind: Kind<Attachment> = {
    path: ['state', 'attachments'],
    collection: 'attachments',
    shape: (record) => record as Attachment,
    summary: ({ record: { name, content_type: type, size } }) => ({
      title: name,
      note: type,
      marks: <span class="badge">{formatSize(sizeOf(size))}</span>,
    }),
    Detail,
    empty: state.attachments.empty,
    command: uploadCommand,
    isByClients: true,
    label: state.tabs.attachments,
  }
  return <Collection kind={kind} id={id} />
}

function Detail({ item }: DetailProps<Attachment>) {
  const { attachments } = texts.value.state
  const { content_type: type, size } = item.record
  return (
    <>
      <Facts
        facts={[[attachments.size, formatSize(sizeOf(size))], [attachments.type, type], ...commonFacts(item)]}
      />
      <div class="row">
        <Button onClick={() => save(item)}>{attachments.download}</Button>
      </div>
    </>
  )
}

/** Saves the file of an item. */
async function save(item: Item<Attachment>): Promise<void> {
  const { orgId, id, record } = item
  const name = record.name.includes(MASK) ? await realName(item) : record.name
  await download(orgId, id, name, record.name)
}

/** What stands for a key in a text that the control plane shows. */
const MASK = '***'

/** Returns the name of a file whose name seems to contain a key. It is not shown. */
async function realName({ orgId, id, record }: Item<Attachment>): Promise<string> {
  const query = { org_id: orgId, collections: ['attachments'], files: false, reveal: true }
  const { organizations } = await control<StateDocument>('/state', { query })
  const found = organizations.flatMap(({ attachments }) => attachments as readonly Attachment[])
  return found.find((one) => one.id === id)?.name ?? record.name
}
