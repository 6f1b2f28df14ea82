export * from './global-setup.cjs'
export { globalSetup as default } from './global-setup.cjs'
