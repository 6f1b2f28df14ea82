// The entry point `fake-devin/global-setup` for `require`, and for `import` through global-setup.js.
'use strict'
const complaint = require('./node-version.cjs').complaint()
if (complaint) throw new Error(complaint)
const { globalSetup, globalTeardown } = require('./suite.cjs')

// Jest looks for a default export, Vitest for that or `setup`, node:test and mocha for the others.
Object.defineProperty(exports, '__esModule', { value: true })
exports.default = globalSetup
exports.globalSetup = globalSetup
exports.globalTeardown = globalTeardown
exports.mochaGlobalSetup = globalSetup
exports.mochaGlobalTeardown = globalTeardown
