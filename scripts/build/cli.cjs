#!/usr/bin/env node
'use strict'
const complaint = require('./node-version.cjs').complaint()
if (complaint) {
  console.error(complaint)
  process.exitCode = 1
} else {
  // Keeps V8's compile cache beside the package, for the next start. In a read-only folder nothing is kept
  // and nothing fails.
  const { enableCompileCache } = require('node:module')
  const { join } = require('node:path')

  if (enableCompileCache) enableCompileCache(join(__dirname, '../.cache'))
  require('./program.cjs')
}
