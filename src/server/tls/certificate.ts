import { generateKeyPair, sign } from 'node:crypto'
import { isIP, isIPv6 } from 'node:net'
import { promisify } from 'node:util'

/** A server certificate with its key, and the CA that clients must trust, all in PEM. */
export interface MadeCertificate {
  readonly cert: string
  readonly key: string
  readonly caPem: string
}

/** The names in every generated certificate. */
export const TLS_NAMES = ['api.devin.ai', 'localhost', '127.0.0.1', '::1'] as const

/**
 * Generates a CA and a certificate for `TLS_NAMES` and the host. The certificate is valid from yesterday for a year by the machine's
 * clock, which is the one that clients use. Discards the CA's key, so trusting the CA means trusting only this certificate.
 */
export async function makeCertificate(host: string): Promise<MadeCertificate> {
  const [forge, issuer, holder] = await Promise.all([loadForge(), newKeys(), newKeys()])
  const ca = draftOf(forge, 'fake-devin CA', issuer.publicKey)
  const caId = ca.generateSubjectKeyIdentifier().getBytes()
  ca.setIssuer(ca.subject.attributes)
  ca.setExtensions([
    { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectKeyIdentifier' },
  ])
  const leaf = draftOf(forge, TLS_NAMES[0], holder.publicKey)
  leaf.setIssuer(ca.subject.attributes)
  leaf.setExtensions([
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: [...new Set([...TLS_NAMES, plain(host)])].map(altName) },
    // Python 3.13 and later refuse certificates without these two.
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: caId },
  ])
  return {
    cert: signed(forge, leaf, issuer.privateKey),
    key: holder.privateKey,
    caPem: signed(forge, ca, issuer.privateKey),
  }
}

/** The used part of node-forge, which has no types. */
interface Forge {
  readonly asn1: { toDer(value: unknown): Bytes }
  readonly pki: {
    readonly oids: { readonly sha256WithRSAEncryption: string }
    certificateToPem(certificate: Draft): string
    createCertificate(): Draft
    getTBSCertificate(certificate: Draft): unknown
    publicKeyFromPem(pem: string): unknown
  }
}

/** Bytes as node-forge represents them: a string with one character per byte. */
interface Bytes {
  getBytes(): string
  toHex(): string
}

interface Draft {
  serialNumber: string
  publicKey: unknown
  signature: string
  signatureOid: string
  readonly siginfo: { algorithmOid: string }
  readonly subject: { readonly attributes: readonly object[] }
  readonly validity: Readonly<
    Record<'notBefore' | 'notAfter', Record<'getDate' | 'setDate', (day?: number) => number>>
  >
  generateSubjectKeyIdentifier(): Bytes
  setExtensions(extensions: readonly object[]): void
  setIssuer(attributes: readonly object[]): void
  setSubject(attributes: readonly object[]): void
}

/** Loads only the modules that write certificates, without the ciphers and protocols of the package that nothing here uses. */
async function loadForge(): Promise<Forge> {
  const modules = await Promise.all([
    // @ts-expect-error: the package has no types.
    import('node-forge/lib/asn1.js'),
    // @ts-expect-error: the package has no types.
    import('node-forge/lib/x509.js'),
  ])
  const [asn1, pki] = modules.map((module) => module.default)
  return { asn1, pki }
}

/** Generates RSA keys, which even old clients support. Node generates them much faster than a JavaScript library. */
function newKeys() {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

function draftOf({ pki }: Forge, name: string, publicKey: string): Draft {
  const draft = pki.createCertificate()
  draft.publicKey = pki.publicKeyFromPem(publicKey)
  // Some clients refuse two certificates with the same issuer and number, and every server creates a CA of the same name.
  draft.serialNumber = `01${draft.generateSubjectKeyIdentifier().toHex().slice(0, 38)}`
  draft.setSubject([{ name: 'commonName', value: name }])
  const { notBefore, notAfter } = draft.validity
  notBefore.setDate(notBefore.getDate() - 1)
  notAfter.setDate(notAfter.getDate() + 364)
  return draft
}

/** Signs the certificate with Node, since the library's first signature takes a tenth of a second. */
function signed({ asn1, pki }: Forge, draft: Draft, key: string): string {
  draft.siginfo.algorithmOid = draft.signatureOid = pki.oids.sha256WithRSAEncryption
  const bytes = Buffer.from(asn1.toDer(pki.getTBSCertificate(draft)).getBytes(), 'latin1')
  draft.signature = sign('sha256', bytes, key).toString('latin1')
  return pki.certificateToPem(draft).replaceAll('\r', '')
}

/** Returns an IPv6 address in its shortest form and without its zone, and any other host unchanged. */
function plain(host: string): string {
  const [address = ''] = host.split('%')
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : host
}

function altName(name: string): object {
  return isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name }
}
