// The part of Jest that the recipe of docs/testing.md uses, on top of node:test. Jest itself would be 54 MB in 300 packages.
const assert = require('node:assert/strict')
const { after, before, test } = require('node:test')

const expect = (got) => ({ toEqual: (wanted) => assert.deepEqual(got, wanted) })

Object.assign(globalThis, { afterAll: after, beforeAll: before, expect, test })
