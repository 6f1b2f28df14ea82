import { connectFakeDevin } from 'fake-devin'
import { test } from 'vitest'
import { useGlobal } from './shared.cjs'

test('there is a fake for the whole run', () => useGlobal(connectFakeDevin))
