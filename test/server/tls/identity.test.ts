import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeCertificate } from '../../../src/server/tls/certificate.ts'
import { type TlsSettings, tlsIdentity } from '../../../src/server/tls/identity.ts'
import { StartError, UsageError } from '../../../src/settings/start-error.ts'

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
    [{ tls: false, tlsCertFile: 'a' }, '--tls-cert does nothing without --tls'],
    [{ tls: false, tlsKeyFile: 'a' }, '--tls-key does nothing without --tls'],
    [{ tls: false, tlsCaOutFile: 'a' }, '--tls-ca-out does nothing without --tls'],
    [{ tlsCertFile: 'a' }, '--tls-cert and --tls-key need each other'],
    [{ tlsKeyFile: 'a' }, '--tls-cert and --tls-key need each other'],
    [
      { tlsCertFile: 'a', tlsKeyFile: 'b', tlsCaOutFile: 'c' },
      '--tls-ca-out has nothing to write with --tls-cert: no CA is made',
    ],
    [{ port: 8443, tlsPort: 8443 }, '--port and --tls-port are both 8443: HTTP and HTTPS need a port each'],
  ]
  for (const [settings, message] of rows) {
    const error = await failure(settings)
    t.type(error, UsageError)
    t.match(error, { message })
  }
  t.equal(await identityOf({ tls: false, port: 8443, tlsPort: 8443 }), undefined)
})
