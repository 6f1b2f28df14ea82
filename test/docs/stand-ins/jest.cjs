// The part of Jest that the recipe of docs/testing.md uses, on top of node:test. Jest itself would be 54 MB in 300 packages.
const { after, before, test } = require('node:test')

Object.assign(globalThis, { afterAll: after, beforeAll: before, test })
