import { type Static, type TObject, type TProperties, Type } from '@sinclair/typebox'
import type { Ids } from '../base/ids.ts'
import { DateTime, isSecret, Nullable } from '../schemas/types.ts'
import type { ScenarioRules } from '../simulation/scenario-rules.ts'
import type { CollectionDefinition, LogDefinition, StoredRecord } from '../store/types.ts'
import type { DocumentReader } from './document-reader.ts'

/** Values that complete a document whose members were omitted. */
export interface DecodeDefaults {
  readonly orgId: string
  readonly ids: Ids
  /** Microseconds since the epoch. */
  readonly now: number
  readonly scenarios: ScenarioRules
}

/** The form of a record in state documents and seeds, and the conversion in both directions. */
export interface DocumentForm<R extends StoredRecord, Document extends TObject> {
  /** The shape of one record in a state document. Members with a default are optional. */
  readonly document: Document
  /**
   * Returns the document of a record; a `Uint8Array` is written in base64. Scenarios whose names are in `overridden` are
   * written in full.
   */
  encode(record: R, overridden?: ReadonlySet<string>): Readonly<Record<string, unknown>>
  /** Returns the record of a document. Problems that the shape does not exclude are reported to `reader`. */
  decode(document: Static<Document>, defaults: DecodeDefaults, reader: DocumentReader): R
}

/** A kind of record: its collection in the store, and its form in state documents, seeds, snapshots and diffs. */
export interface Resource<R extends StoredRecord = StoredRecord, Document extends TObject = TObject>
  extends Omit<DocumentForm<R, Document>, 'decode'> {
  /** The name of the collection, and of the list in state documents. */
  readonly name: string
  /** The members of a document that are omitted unless keys and secrets are revealed, and masked in diffs. */
  readonly secretMembers: readonly string[]
  /** Returns the records of a list of documents. */
  decodeAll(
    documents: readonly Static<Document>[],
    defaults: DecodeDefaults,
    reader: DocumentReader,
  ): Promise<R[]>
}

/** A kind of record with a collection, as it is declared. */
interface CollectionDeclaration<R extends StoredRecord, Document extends TObject>
  extends CollectionDefinition<R>,
    DocumentForm<R, Document> {
  /** The member of the document that holds the unique key. Required with `uniqueKey`. */
  readonly uniqueMember?: string & keyof Static<Document>
}

/** Declares a kind of record that is kept in a collection. */
export function defineResource<const Name extends string, R extends StoredRecord, Document extends TObject>(
  declaration: CollectionDeclaration<R, Document> & { readonly name: Name },
) {
  return { ...declaration, ...derived(declaration) }
}

/** Declares a kind of record that is kept in a log of entries `E`. */
export function defineLog<const Name extends string, E, R extends StoredRecord, Document extends TObject>(
  declaration: LogDefinition<E> & DocumentForm<R, Document> & { readonly name: Name },
) {
  return { ...declaration, ...derived(declaration) }
}

function derived<R extends StoredRecord, Document extends TObject>(
  declaration: DocumentForm<R, Document> & {
    readonly uniqueMember?: string
    uniqueKey?(record: R): string | undefined
  },
): Pick<Resource<R, Document>, 'secretMembers' | 'decodeAll'> {
  return {
    secretMembers: secretMembersOf(declaration.document),
    async decodeAll(documents, defaults, reader) {
      const ids = new Map<string, string>()
      const uniqueKeys = new Map<string, string>()
      return reader.eachItem(documents, (document) => {
        const record = declaration.decode(document, defaults, reader)
        const key = declaration.uniqueKey?.(record)
        if (key !== undefined) reader.requireUnique(uniqueKeys, key, declaration.uniqueMember as string)
        reader.requireUnique(ids, record.id, 'id')
        return record
      })
    },
  }
}

/** Returns the names of the members that hold secrets. */
function secretMembersOf({ properties }: TObject): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => (isSecret(schema) ? [name] : []))
}

/** An object without members other than these. */
export const StrictObject = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })

// The length bound makes validation reject lone surrogates, as pydantic does; no response could show them.
export const Text = Type.String({ minLength: 0 })
export const Id = Type.String({ minLength: 1 })
/** The id, as it appears in paths. Default: a new one. */
export const RecordId = Type.Optional(Type.String({ pattern: '^[^/]+$' }))
/** A time, ISO 8601. Default: now, or the time of creation. */
export const Time = Type.Optional(DateTime())
/** A time, ISO 8601; null for never. Default: null. */
export const MaybeTime = Type.Optional(Nullable(DateTime()))
export const MaybeText = Type.Optional(Nullable(Text))
export const MaybeTexts = Type.Optional(Nullable(Type.Array(Text)))
/** A user, or a service user, which has no email address. */
export const ActorDocument = StrictObject({
  /** The id; that of a service user begins with `service-user-`. */
  id: Id,
  /** The email address; null for a service user. */
  email: Nullable(Text),
  /** The name. */
  name: Text,
})
/** {@link ActorDocument} */
export type ActorDocument = Static<typeof ActorDocument>
/** A user, or a service user; null if none is known. Default: null. */
export const MaybeActor = Type.Optional(Nullable(ActorDocument))

/** Returns when a record was created, in microseconds since the epoch. Default: now. */
export function createdAtOf(
  { created_at }: { readonly created_at?: string },
  { now }: DecodeDefaults,
  reader: DocumentReader,
): number {
  return reader.instant(['created_at'], created_at, now)
}
