import { type Describable, describe } from './describe.ts'
import { NoAnswer } from './errors.ts'

/** An answer to a request that may have created or deleted something. */
interface Change extends Describable {
  readonly method: string
  readonly path: string
}

/** The collections in which a run creates things, and the member of the answer with the id. */
const COLLECTIONS: readonly (readonly [collection: RegExp, id: string])[] = [
  [/\/v1\/secrets$/, 'id'],
  [/\/v1\/knowledge$/, 'id'],
  [/\/v1\/playbooks$/, 'playbook_id'],
  [/\/v1\/sessions$/, 'session_id'],
  [/\/organizations\/[^/]+\/secrets$/, 'secret_id'],
  [/\/knowledge\/notes$/, 'note_id'],
  [/\/playbooks$/, 'playbook_id'],
  [/\/sessions$/, 'session_id'],
  [/\/schedules$/, 'scheduled_session_id'],
  [/\/automations$/, 'automation_id'],
  [/\/enterprise\/organizations$/, 'org_id'],
]

/** The path of something with an id that nothing has. */
const NOTHING = /\/[a-z]*-?0{32}$/

/** The things that a run has created and that still exist. It learns of them from the answers alone, whatever a check expected. */
export class Cleanup {
  readonly #paths = new Set<string>()
  readonly #doubts: string[] = []

  /** Takes note of a creation or deletion. */
  note(answer: Change): void {
    const { method, path, status, json } = answer
    if (method === 'DELETE' && (status < 300 || status === 404)) this.#paths.delete(path)
    // A server may create what it is told to replace.
    if (method === 'PUT' && status < 300 && NOTHING.test(path)) this.#paths.add(path)
    if (method !== 'POST' || status >= 300) return
    const member = COLLECTIONS.find(([collection]) => collection.test(path))?.[1]
    const id = member === undefined ? undefined : Object(json)[member]
    if (typeof id === 'string') this.#paths.add(`${path}/${encodeURIComponent(id)}`)
    else if (member !== undefined)
      this.#doubts.push(`POST ${path}: ${describe(answer)}, without an id to remove it by`)
  }

  /** Takes note of a creation without an answer, which may have happened or not. */
  doubt(path: string): void {
    this.#doubts.push(`POST ${path}: without an answer, so it may have created something`)
  }

  /** Deletes everything, the newest first. Resolves with what may be left. */
  async run(remove: (path: string) => Promise<Change>): Promise<string[]> {
    const left = [...this.#doubts]
    for (const path of [...this.#paths].reverse()) {
      try {
        const answer = await remove(path)
        if (!isGone(answer)) left.push(`DELETE ${path}: ${describe(answer)}`)
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
        left.push(`DELETE ${path}: ${error.message}`)
      }
    }
    return left
  }
}

/** Returns whether there is nothing left to remove. A session that has ended cannot be ended again. */
function isGone({ status, path }: Change): boolean {
  return status < 300 || status === 404 || (status === 400 && /\/sessions\//.test(path))
}
