// The entry point for `require`, and for `import` through index.js.
'use strict'
const complaint = require('./node-version.cjs').complaint()
if (complaint) throw new Error(complaint)
require('./code-cache.cjs').preload('./api.cjs')
const api = require('./api.cjs')

exports.FakeDevinError = api.FakeDevinError
exports.StartError = api.StartError
exports.connectFakeDevin = api.connectFakeDevin
exports.startFakeDevin = api.startFakeDevin
