import { X509Certificate } from 'node:crypto'
import t from 'tap'
import { makeCertificate } from '../../../src/server/tls/certificate.ts'

const DAY_MS = 86_400_000

/** Parses a date as Node writes it in certificates. Returns milliseconds. */
// biome-ignore lint/style/noRestrictedGlobals: it parses a text and does not read the time
const millisOf = (text: string) => Date.parse(text)

t.test('the certificate covers the constant host, this machine and the listening address', async (t) => {
  const { cert } = await makeCertificate('192.168.1.5')
  const certificate = new X509Certificate(cert)

  t.equal(certificate.checkHost('api.devin.ai'), 'api.devin.ai')
  t.equal(certificate.checkHost('localhost'), 'localhost')
  for (const address of ['127.0.0.1', '::1', '192.168.1.5']) t.equal(certificate.checkIP(address), address)
  t.equal(certificate.checkHost('devin.ai'), undefined)
  t.equal(certificate.checkHost('www.api.devin.ai'), undefined)
  t.equal(certificate.checkIP('127.0.0.2'), undefined)
})

t.test('the certificate covers a host in any notation', async (t) => {
  const rows = [
    ['my-machine.local', 'DNS:my-machine.local'],
    ['fe80:0::00AB%eth0', 'IP Address:FE80:0:0:0:0:0:0:AB'],
    ['::ffff:10.1.2.3', 'IP Address:0:0:0:0:0:FFFF:A01:203'],
    ['localhost', undefined],
    ['0:0::1', undefined],
  ] as const
  const own = 'DNS:api.devin.ai, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1'
  for (const [host, name] of rows) {
    const { subjectAltName } = new X509Certificate((await makeCertificate(host)).cert)
    t.equal(subjectAltName, name === undefined ? own : `${own}, ${name}`, host)
  }
})

t.test('the certificate is signed by its CA, and only the CA may sign', async (t) => {
  const { cert, key, caPem } = await makeCertificate('127.0.0.1')
  const [leaf, ca] = [new X509Certificate(cert), new X509Certificate(caPem)]

  t.ok(leaf.checkIssued(ca))
  t.ok(leaf.verify(ca.publicKey))
  t.ok(ca.verify(ca.publicKey))
  t.ok(ca.ca)
  t.notOk(leaf.ca)
  t.notOk(leaf.publicKey.equals(ca.publicKey))
  t.match(key, /^-----BEGIN PRIVATE KEY-----\n/)
  t.match(caPem, /^-----BEGIN CERTIFICATE-----\n(?:[\w+/=]{1,64}\n)+-----END CERTIFICATE-----\n$/)
})

t.test('the certificate is valid from yesterday for a year', async (t) => {
  const { cert, caPem } = await makeCertificate('127.0.0.1')
  const now = performance.timeOrigin + performance.now()

  for (const { validFrom, validTo } of [cert, caPem].map((pem) => new X509Certificate(pem))) {
    // Summer time makes some days an hour longer or shorter.
    t.ok(Math.abs(now - millisOf(validFrom) - DAY_MS) < DAY_MS / 12, validFrom)
    t.ok(Math.abs(millisOf(validTo) - now - 364 * DAY_MS) < DAY_MS / 12, validTo)
  }
})

t.test('certificates of two servers never share both issuer and serial number', async (t) => {
  const made = [await makeCertificate('127.0.0.1'), await makeCertificate('127.0.0.1')]
  const numbers = made
    .flatMap(({ cert, caPem }) => [cert, caPem])
    .map((pem) => new X509Certificate(pem).serialNumber)

  t.equal(new Set(numbers).size, 4)
  // RFC 5280: positive, and at most 20 bytes.
  for (const number of numbers) t.match(number, /^01[0-9A-F]{38}$/)
})
