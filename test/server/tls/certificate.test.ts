// Tests certificate.ts and identity.ts.
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeCertificate } from '../../../src/server/tls/certificate.ts'
import { type TlsSettings, tlsIdentity } from '../../../src/server/tls/identity.ts'
import { StartError, UsageError } from '../../../src/settings/start-error.ts'

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

t.test(
  'the certificate has the ids of its own key and of that of its CA, as Python 3.13 requires',
  async (t) => {
    const { cert, caPem } = await makeCertificate('127.0.0.1')
    const [leaf, ca] = [new X509Certificate(cert), new X509Certificate(caPem)]
    // What precedes the 20 bytes of an id in the DER of the two extensions.
    const [own, issuer] = ['0603551d0e04160414', '0603551d23041830168014']
    const idAfter = ({ raw }: X509Certificate, head: string) =>
      raw.toString('hex').split(head)[1]?.slice(0, 40)

    t.match(idAfter(leaf, own), /^[0-9a-f]{40}$/)
    t.match(idAfter(ca, own), /^[0-9a-f]{40}$/)
    t.not(idAfter(leaf, own), idAfter(ca, own))
    t.equal(idAfter(leaf, issuer), idAfter(ca, own))
  },
)

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

const identityOf = (settings: Partial<TlsSettings> = {}) =>
  tlsIdentity({
    host: '127.0.0.1',
    port: 0,
    tls: true,
    tlsPort: 0,
    tlsCertFile: undefined,
    tlsKeyFile: undefined,
    tlsCaOutFile: undefined,
    ...settings,
  })

const failure = (settings: Partial<TlsSettings>) => identityOf(settings).catch((error: unknown) => error)

t.test('without TLS there is no identity', async (t) => {
  t.equal(await identityOf({ tls: false }), undefined)
})

t.test('a certificate is generated, and its CA is written to the requested file', async (t) => {
  const tlsCaOutFile = join(t.testdir({}), 'ca.pem')

  const identity = await identityOf({ tlsCaOutFile })

  t.match(identity?.caPem, /^-----BEGIN CERTIFICATE-----/)
  t.equal(readFileSync(tlsCaOutFile, 'utf8'), identity?.caPem)
})

t.test('a given certificate is used unchanged, and its CA is unknown', async (t) => {
  const { cert, key } = await makeCertificate('127.0.0.1')
  const folder = t.testdir({ 'cert.pem': cert, 'key.pem': key })

  const identity = await identityOf({
    tlsCertFile: join(folder, 'cert.pem'),
    tlsKeyFile: join(folder, 'key.pem'),
  })

  t.same(identity, { cert: Buffer.from(cert), key: Buffer.from(key), caPem: undefined })
})

t.test('invalid certificate and key files are named, with the problem', async (t) => {
  const [one, other] = [await makeCertificate('127.0.0.1'), await makeCertificate('127.0.0.1')]
  const folder = t.testdir({ 'cert.pem': one.cert, 'key.pem': one.key, 'other.pem': other.key, text: 'text' })
  const at = (name: string) => join(folder, name)
  const rows = [
    ['nowhere', 'key.pem', `${at('nowhere')}: no such file`],
    ['cert.pem', '.', `${at('.')}: is a folder, not a file`],
    ['text', 'key.pem', `${at('text')}: not a certificate in PEM (ERR_OSSL_PEM_NO_START_LINE)`],
    ['key.pem', 'cert.pem', `${at('key.pem')}: not a certificate in PEM (ERR_OSSL_PEM_NO_START_LINE)`],
    ['cert.pem', 'text', `${at('text')}: not a private key in PEM without a passphrase (`],
    ['cert.pem', 'other.pem', `${at('other.pem')}: not the key of ${at('cert.pem')} (`],
  ] as const
  for (const [cert, key, message] of rows) {
    const error = await failure({ tlsCertFile: at(cert), tlsKeyFile: at(key) })
    t.type(error, StartError)
    t.ok((error as StartError).message.startsWith(message), String(error))
    t.equal((error as StartError).exitCode, 1)
  }
})

t.test('a CA file that cannot be written is an error', async (t) => {
  const tlsCaOutFile = join(t.testdir({}), 'nowhere', 'ca.pem')

  t.match(await failure({ tlsCaOutFile }), {
    message: `${tlsCaOutFile}: cannot be written (ENOENT)`,
    exitCode: 1,
  })
})

t.test('flags that exclude each other are usage errors', async (t) => {
  const rows: [Partial<TlsSettings>, string][] = [
    [{ tls: false, tlsCertFile: 'a' }, '--tls-cert requires --tls'],
    [{ tls: false, tlsKeyFile: 'a' }, '--tls-key requires --tls'],
    [{ tls: false, tlsCaOutFile: 'a' }, '--tls-ca-out requires --tls'],
    [{ tlsCertFile: 'a' }, '--tls-cert and --tls-key must be given together'],
    [{ tlsKeyFile: 'a' }, '--tls-cert and --tls-key must be given together'],
    [
      { tlsCertFile: 'a', tlsKeyFile: 'b', tlsCaOutFile: 'c' },
      '--tls-ca-out cannot be combined with --tls-cert: no CA is generated',
    ],
    [
      { port: 8443, tlsPort: 8443 },
      '--port and --tls-port are both 8443: HTTP and HTTPS need different ports',
    ],
    [
      { port: 8443, tlsPort: 8443 },
      '--port and --tls-port are both 8443: HTTP and HTTPS need different ports',
    ],
  ]
  for (const [settings, message] of rows) {
    const error = await failure(settings)
    t.type(error, UsageError)
    t.match(error, { message })
  }
  t.equal(await identityOf({ tls: false, port: 8443, tlsPort: 8443 }), undefined)
})
