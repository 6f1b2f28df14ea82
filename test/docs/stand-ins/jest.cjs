// What the recipe of docs/testing.md needs of Jest, which would be 54 MB in 300 packages: its names, over node:test.
const { after, before, test } = require('node:test')

Object.assign(globalThis, { afterAll: after, beforeAll: before, test })
