/** Ends what a set-up has started. */
export type Teardown = () => Promise<void>

/**
 * Starts a fake on a free port, unless `FAKE_DEVIN_URL` names one that runs, and sets the variables from which clients and tests read where
 * it is. The variables of the command line's flags, such as `FAKE_DEVIN_SEED`, are its options. Resolves with what Vitest calls at the end. Rejects
 * with a StartError if the fake cannot start.
 */
export declare function globalSetup(): Promise<Teardown>

/** Closes the fake after the last user, and restores the variables. */
export declare function globalTeardown(): Promise<void>

export { globalSetup as default, globalSetup as mochaGlobalSetup, globalTeardown as mochaGlobalTeardown }
