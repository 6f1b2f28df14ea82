import { StartError } from './start-error.ts'

/**
 * Data of a program as the same data in a file would be: a copy, in which undefined members are left out. Throws a StartError
 * when it cannot be written as JSON; `name` says which data it is.
 */
export function toJsonData(name: string, data: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(data))
  } catch {
    // What the error says may quote the data.
    throw new StartError(`${name}: cannot be written as JSON`)
  }
}
