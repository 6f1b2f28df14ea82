import t from 'tap'
import { memoryStore } from '../../src/store/memory.ts'
import { testStore } from './contract.ts'

await testStore(t, async () => memoryStore())
