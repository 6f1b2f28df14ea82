// The same for Jest, mocha (with its interface tdd) and node:test.
const { connectFakeDevin } = require('fake-devin')
const { useGlobal } = require('./shared.cjs')

const test = globalThis.test ?? require('node:test').test

test('there is a fake for the whole run', () => useGlobal(connectFakeDevin))
