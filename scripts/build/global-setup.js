// The entry point `fake-devin/global-setup` for `import`.
import suite from './global-setup.cjs'

export default suite.globalSetup
export const { globalSetup, globalTeardown, mochaGlobalSetup, mochaGlobalTeardown } = suite
