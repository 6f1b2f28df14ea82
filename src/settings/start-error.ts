/** Why the program cannot start. The message is written for the user, and holds neither a key nor a secret's value. */
export class StartError extends Error {
  override name = 'StartError'
  /** What the process exits with. */
  readonly exitCode: number = 1
}

/** A flag or an environment variable is wrong. */
export class UsageError extends StartError {
  override name = 'UsageError'
  override readonly exitCode: number = 2
}

/**
 * The same error as one of the classes above, where it is one of their namesakes: a test runner that gives tests a realm of their own
 * loads this module twice. Any other error is given back as it is.
 */
export function ownStartError(error: unknown): unknown {
  const { name, message } = Object(error) as Error
  if (error instanceof StartError || !(name === 'StartError' || name === 'UsageError')) return error
  return name === 'UsageError' ? new UsageError(message) : new StartError(message)
}
