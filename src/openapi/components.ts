import { SECRET_MARK } from '../schemas/types.ts'
import type { Schema } from './types.ts'

/** The named schemas of one document, for `components.schemas`. */
export class Components {
  readonly #schemas = new Map<string, Schema>()

  /**
   * Returns the published form of a TypeBox schema. Replaces each schema with an `$id`, at any depth, by a reference to a component
   * of that name. Sorts the keys, as the vendor does, and removes TypeBox's symbols and the marks of secrets.
   */
  publish(schema: object): Schema {
    const { $id: name } = schema as { $id?: unknown }
    if (typeof name !== 'string') return this.#publishMembers(schema)
    if (!this.#schemas.has(name)) {
      const { $id: _, ...members } = schema as Record<string, unknown>
      this.#schemas.set(name, this.#publishMembers(members))
    }
    return { $ref: `#/components/schemas/${name}` }
  }

  /** Returns all components published so far, by name. */
  all(): Record<string, Schema> {
    return Object.fromEntries([...this.#schemas].sort(byName))
  }

  #publishMembers(schema: object): Schema {
    const members = Object.entries(schema)
      .filter(([name]) => name !== SECRET_MARK)
      .map(([name, value]): [string, unknown] => [name, this.#publishValue(value)])
    return Object.fromEntries(members.sort(byName))
  }

  #publishValue(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#publishValue(item))
    return typeof value === 'object' && value !== null ? this.publish(value) : value
  }
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1
}
