import { StartError } from './start-error.ts'

/**
 * Returns a copy of data from code as it would be in a JSON file, without undefined members. Throws a StartError, which starts
 * with `name`, if the data is a text, probably the name of a file, or cannot be serialized.
 */
export function toJsonData(name: 'seed' | 'scenarios', data: unknown): unknown {
  if (typeof data === 'string') throw new StartError(`${name} takes data; use ${name}File for a file`)
  try {
    return JSON.parse(JSON.stringify(data))
  } catch {
    // The original message is omitted, because it may quote the data.
    throw new StartError(`${name}: cannot be written as JSON`)
  }
}
