/** Thrown if the program cannot start. The message is for the user and contains neither keys nor values of secrets. */
export class StartError extends Error {
  /** The name of the class, also where `instanceof` fails because the module was loaded twice. */
  override name = 'StartError'
  /** The exit code of the process. */
  readonly exitCode: number = 1
}

/** Thrown for an invalid flag or environment variable. */
export class UsageError extends StartError {
  override name = 'UsageError'
  override readonly exitCode: number = 2
}

/**
 * Converts an error from another copy of this module to an instance of the classes above, matched by name. Test runners that run
 * tests in their own realm load this module twice. Returns any other error unchanged.
 */
export function ownStartError(error: unknown): unknown {
  const { name, message } = Object(error) as Error
  if (error instanceof StartError || !(name === 'StartError' || name === 'UsageError')) return error
  return name === 'UsageError' ? new UsageError(message) : new StartError(message)
}
