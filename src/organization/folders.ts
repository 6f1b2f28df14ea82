import type { FolderRecord } from '../resources/folders.ts'
import { found, type NotFound } from './errors.ts'
import type { Organization } from './organizations.ts'

/** A place in the folder tree. */
export interface FolderPlace {
  /** The names of the folders down to the place, such as `Engineering/Backend`; empty outside of all folders. */
  readonly path: string
  /** Whether all these folders are enabled. */
  readonly isEnabled: boolean
}

/** A folder with its path. */
export interface PlacedFolder {
  readonly folder: FolderRecord
  readonly path: string
}

/** The folders of an organization, and how many notes are in each. */
export interface FolderTree {
  /** Oldest first, each with the number of notes directly in it. */
  readonly folders: readonly (PlacedFolder & { readonly noteCount: number })[]
  /** The number of notes outside of all folders. */
  readonly rootNoteCount: number
}

/** Returns the place of a folder. That of null, and of a folder that does not exist, is outside of all folders. */
export async function placeOf({ folders }: Organization, folderId: string | null): Promise<FolderPlace> {
  const names: string[] = []
  let isEnabled = true
  let id = folderId
  while (id !== null) {
    const folder = await folders.get(id)
    if (folder !== undefined) names.unshift(folder.name)
    if (folder?.isEnabled === false) isEnabled = false
    id = folder?.parentFolderId ?? null
  }
  return { path: names.join('/'), isEnabled }
}

/** Checks that a folder exists; null is the place outside of all folders. Throws {@link NotFound}. */
export async function requireFolder({ folders }: Organization, id: string | null): Promise<void> {
  if (id !== null) found(await folders.get(id), 'folder')
}

/** Returns the folders and the numbers of their notes. */
export async function folderTree(organization: Organization): Promise<FolderTree> {
  const counts = new Map<string, number>()
  let rootNoteCount = 0
  const placed = await placedFolders(organization)
  for (const { parentFolderId: id } of await organization.knowledge.list()) {
    if (id === null || !placed.has(id)) rootNoteCount++
    else counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  const folders = [...placed.values()].map((place) => ({
    ...place,
    noteCount: counts.get(place.folder.id) ?? 0,
  }))
  return { folders, rootNoteCount }
}

/** Returns all folders by their ids, oldest first, with their paths. */
export async function placedFolders(organization: Organization): Promise<ReadonlyMap<string, PlacedFolder>> {
  const placed = new Map<string, PlacedFolder>()
  for (const folder of await organization.folders.list()) {
    const { path } = await placeOf(organization, folder.id)
    placed.set(folder.id, { folder, path })
  }
  return placed
}
