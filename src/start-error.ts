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
