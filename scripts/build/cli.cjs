#!/usr/bin/env node
'use strict'
const complaint = require('./node-version.cjs').complaint()
if (complaint) {
  console.error(complaint)
  process.exitCode = 1
} else {
  require('./code-cache.cjs').preload('./program.cjs')
  require('./program.cjs')
}
