import fc from 'fast-check'
import t from 'tap'
import { answers, aServer, assertSame, play, putState, stateOf, story, threeWorlds } from './worlds.ts'

t.test('a state that is put into a fresh server is equal there, and so is every answer', async (t) => {
  await fc.assert(
    fc.asyncProperty(story, fc.boolean(), async (acted, strict) => {
      const server = await aServer(t, { strict })
      const keys = await threeWorlds(server)
      await play(server, keys, acted)
      const state = await stateOf(server)

      const other = await aServer(t, { strict })
      const put = await putState(other, state)

      if (put[0] !== 204) throw new Error(put.join(' '))
      assertSame(await stateOf(other), state)
      assertSame(await answers(other, keys, state), await answers(server, keys, state))
      // And they go on alike.
      assertSame(await stateOf(other), await stateOf(server))
      await Promise.all([server.close(), other.close()])
    }),
    { numRuns: 25 },
  )
})

t.test('a snapshot is restored exactly, whatever happens in between', async (t) => {
  await fc.assert(
    fc.asyncProperty(story, story, async (before, between) => {
      const server = await aServer(t)
      const keys = await threeWorlds(server)
      await play(server, keys, before)
      const state = await stateOf(server)
      await server.inject({ method: 'POST', url: '/_fake/snapshots', payload: { name: 'x' } })
      await play(server, keys, between)

      await server.inject({ method: 'POST', url: '/_fake/snapshots/x/restore' })

      assertSame(await stateOf(server), state)
      const other = await aServer(t)
      await putState(other, state)
      assertSame(await answers(server, keys, state), await answers(other, keys, state))
      await Promise.all([server.close(), other.close()])
    }),
    { numRuns: 12 },
  )
})

t.test('what is put without the values of secrets has everything else', async (t) => {
  await fc.assert(
    fc.asyncProperty(story, async (acted) => {
      const server = await aServer(t)
      await play(server, await threeWorlds(server), acted)
      const shown = await stateOf(server, '')
      if (shown.includes('"value"')) throw new Error('a value is shown')
      const revealed = JSON.parse(await stateOf(server))

      await putState(server, shown)

      for (const { secrets } of revealed.organizations) for (const secret of secrets) secret.value = ''
      assertSame(JSON.stringify(JSON.parse(await stateOf(server))), JSON.stringify(revealed))
      await server.close()
    }),
    { numRuns: 5 },
  )
})
