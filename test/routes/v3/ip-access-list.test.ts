import t from 'tap'
import { IP_RANGES_MAX } from '../../../src/resources/settings.ts'
import { startV3 } from '../../v3.ts'

const LIST = '/v3/enterprise/ip-access-list'

t.test('ranges are added without duplicates, replaced and removed', async (t) => {
  const { v3 } = await startV3(t)
  const ranges = async (method: string, ips?: string[]) =>
    (await v3(method, LIST, ips && { ip_ranges: ips })).json().ip_ranges

  t.same(await ranges('GET'), [])
  t.same(await ranges('POST', ['10.0.0.0/8']), ['10.0.0.0/8'])
  t.same(await ranges('POST', ['192.0.2.1', '10.0.0.0/8']), ['10.0.0.0/8', '192.0.2.1'])
  t.same(await ranges('PUT', ['2001:db8::/32']), ['2001:db8::/32'])
  t.same(await ranges('GET'), ['2001:db8::/32'])
  t.same(await ranges('DELETE'), [])
  t.same(await ranges('GET'), [])
})

t.test('an invalid range, or too many ranges, change nothing', async (t) => {
  const { v3 } = await startV3(t)
  for (const range of ['', 'localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '::/129', '300.1.1.1']) {
    const { statusCode, body } = await v3('POST', LIST, { ip_ranges: ['10.0.0.1', range] })
    t.same([statusCode, JSON.parse(body).detail], [400, `Invalid IP range: ${range}`])
  }
  const many = Array.from({ length: IP_RANGES_MAX + 1 }, (_, index) => `10.0.${index >> 8}.${index & 255}`)
  t.equal((await v3('PUT', LIST, { ip_ranges: many })).json().detail, 'There can be at most 1000 IP ranges')
  t.same((await v3('GET', LIST)).json(), { ip_ranges: [] })
})

/** Returns the statuses of requests of both generations that a proxy on this machine forwards. */
async function statusesFrom(
  fake: Awaited<ReturnType<typeof startV3>>,
  forwardedFor?: string,
): Promise<number[]> {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }
  return [
    (await fake.call('GET', '/v1/secrets', { headers })).statusCode,
    (await fake.org('GET', '/secrets', undefined, headers)).statusCode,
    (await fake.v3('GET', LIST, undefined, headers)).statusCode,
  ]
}

t.test(
  'only addresses on the list may use either generation, except for this machine, which is not checked',
  async (t) => {
    const fake = await startV3(t)
    t.same(await statusesFrom(fake, '192.0.2.1'), [200, 200, 200])
    await fake.v3('PUT', LIST, { ip_ranges: ['192.0.2.0/24', '2001:db8::1'] })

    for (const address of [
      '192.0.2.1',
      '203.0.113.9, 192.0.2.255',
      '2001:db8::1',
      '::ffff:192.0.2.7',
      undefined,
    ]) {
      t.same(await statusesFrom(fake, address), [200, 200, 200], `${address}`)
    }
    for (const address of ['192.0.3.1', '192.0.2.1, 203.0.113.9', 'unknown']) {
      t.same(await statusesFrom(fake, address), [403, 403, 403], address)
    }
    await fake.v3('DELETE', LIST)
    t.same(await statusesFrom(fake, '192.0.3.1'), [200, 200, 200])
  },
)

t.test('a refused address is refused before a key without its permission is', async (t) => {
  const fake = await startV3(t)
  await fake.v3('PUT', LIST, { ip_ranges: ['192.0.2.0/24'] })
  fake.app.log.level = 'silent'
  const { v3 } = fake
  const headers = { 'x-forwarded-for': '203.0.113.9', authorization: 'Bearer cog_invalid' }
  t.equal((await v3('GET', LIST, undefined, headers)).json().detail, 'Unauthorized')
})

t.test('with ipAccessListOnLoopback, this machine is checked, too', async (t) => {
  const fake = await startV3(t, { ipAccessListOnLoopback: true })
  await fake.v3('PUT', LIST, { ip_ranges: ['192.0.2.0/24'] })

  t.same(await statusesFrom(fake), [403, 403, 403])
  t.same(await statusesFrom(fake, '192.0.2.1'), [200, 200, 200])
})
