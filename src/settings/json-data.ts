import { StartError } from './start-error.ts'

/**
 * Returns a copy of data from code as it would be in a JSON file, without undefined members. Throws a StartError, which starts
 * with `name`, if the data cannot be serialized.
 */
export function toJsonData(name: string, data: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(data))
  } catch {
    // The original message is omitted, because it may quote the data.
    throw new StartError(`${name}: cannot be written as JSON`)
  }
}
