import t from 'tap'
import { Networks } from '../../src/fastapi/networks.ts'

t.test('networks include their addresses, in both notations of IPv4', async (t) => {
  const networks = new Networks(['10.0.0.0/8', '192.0.2.1', '2001:db8::/32', '::1'])

  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.1', '2001:db8::5', '::1']) {
    t.ok(networks.include(address), address)
  }
  for (const address of ['11.0.0.1', '192.0.2.2', '2001:db9::1', '', 'unknown']) {
    t.notOk(networks.include(address), address)
  }
})

t.test('a value that is neither an address nor a network is refused', async (t) => {
  for (const item of ['', 'host', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/8/8', '::/129', '10.0.0.0/-1']) {
    t.throws(() => new Networks([item]), { message: `neither an IP address nor a network: ${item}` })
  }
})
