import t from 'tap'
import { misplacedMembers } from '../../src/auth/key-members.ts'

t.test('only a v3 key has permissions and an expiry', async (t) => {
  const members = { permissions: [], expires_at: '2030-01-01T00:00:00Z' }

  for (const key of ['apk_a', 'apk_user_a']) {
    t.same(misplacedMembers({ key, ...members }), ['permissions', 'expires_at'])
    t.same(misplacedMembers({ key, permissions: [] }), ['permissions'])
    t.same(misplacedMembers({ key }), [])
  }
  t.same(misplacedMembers({ key: 'cog_a', ...members }), [])
})
