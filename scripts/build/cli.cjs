#!/usr/bin/env node
// What V8 compiles is kept beside the package, for the next start. Where that is read-only, nothing is kept, and nothing fails.
const { enableCompileCache } = require('node:module')
const { join } = require('node:path')

enableCompileCache?.(join(__dirname, '../.cache'))
require('./program.cjs')
