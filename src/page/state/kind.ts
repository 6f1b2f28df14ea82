import type { ComponentChildren, ComponentType } from 'preact'
import { ENTERPRISE, type Target } from '../model/state-commands.ts'
import type { Item, StateDocument, StateRecord } from '../model/state-items.ts'

/** What an item shows of itself in the list. */
export interface Summary {
  readonly title: string
  readonly note?: string | undefined
  /** Marks beside its age. */
  readonly marks?: ComponentChildren
}

/** The parameters of what shows an item. */
export interface DetailProps<Of extends StateRecord> {
  readonly item: Item<Of>
  /** The document that the item is from, if it has other lists that are needed. */
  readonly document: StateDocument
  /** Deletes the item, and then shows the next one. */
  readonly onDelete: (remove: () => Promise<unknown>) => Promise<void>
}

/** The parameters of a dialog that creates an item. */
export interface CreateProps {
  readonly orgId: string
  readonly document: StateDocument
  readonly onClose: () => void
  readonly onCreated: (id: string) => void
}

/** How the records of a collection are shown. */
export interface Kind<Of extends StateRecord> {
  /** The path of the tab. */
  readonly path: readonly string[]
  /** The name of the list in state documents. */
  readonly collection: string
  /** Other lists that are needed to show it. */
  readonly others?: readonly string[]
  /** The kinds of further events after which the list may have changed. */
  readonly kinds?: readonly string[]
  /** Whether any record that is written may change it. Default: only those of the lists. */
  readonly followsAll?: boolean
  /** Whether the record itself is shown, too, unless it is hidden. Default: false. */
  readonly isRaw?: boolean
  /** Whether the list is read again by hand only. Default: false. */
  readonly isStill?: boolean
  /** Returns the record as the page keeps it; undefined to leave it out. */
  readonly shape: (record: StateRecord) => Of | undefined
  readonly summary: (item: Item<Of>) => Summary
  readonly Detail: ComponentType<DetailProps<Of>>
  /** The dialog that creates an item, if the API can. */
  readonly Create?: ComponentType<CreateProps>
  /** Whether the enterprise can have items. Default: false. */
  readonly isOfEnterprise?: boolean
  /** What is said when there is no item. */
  readonly empty: string
  /** A command that creates an item. */
  readonly command?: (target: Target) => string
  /** Whether only clients can create items, not the page. Default: false. */
  readonly isByClients?: boolean
  /** What stands before the filter. */
  readonly before?: ComponentChildren
  readonly label: string
  /** The text of the button that creates an item. */
  readonly create?: string
}

/** Returns whether an organization can have items of a kind. It is unknown until the organizations have been read. */
export function canHave(
  { isOfEnterprise = false }: Pick<Kind<StateRecord>, 'isOfEnterprise'>,
  orgId: string,
): boolean {
  return orgId !== '' && (isOfEnterprise || orgId !== ENTERPRISE)
}
