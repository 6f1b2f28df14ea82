import { writeFile } from 'node:fs/promises'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { ServerConfig } from '../../settings/config.ts'
import { invalidFile, readBytes } from '../../settings/data-file.ts'
import { UsageError } from '../../settings/start-error.ts'

/** The settings for HTTPS. */
export type TlsSettings = Pick<
  ServerConfig,
  'host' | 'port' | 'tls' | 'tlsPort' | 'tlsCertFile' | 'tlsKeyFile' | 'tlsCaOutFile'
>

/** The certificate and key that a server presents. */
export interface TlsIdentity {
  /** In PEM; several for a chain. */
  readonly cert: string | Buffer
  readonly key: string | Buffer
  /** The CA to trust, in PEM; undefined when the certificate was not generated here. */
  readonly caPem: string | undefined
}

/**
 * Returns the certificate of the files, or else a new one, whose CA it writes to `tlsCaOutFile`. Returns undefined without TLS.
 * Rejects with a UsageError when the flags exclude each other, and with a StartError when a file is invalid or cannot be written.
 */
export async function tlsIdentity(settings: TlsSettings): Promise<TlsIdentity | undefined> {
  checkFlags(settings)
  const { host, tls, tlsCertFile, tlsKeyFile, tlsCaOutFile } = settings
  if (!tls) return undefined
  if (tlsCertFile !== undefined && tlsKeyFile !== undefined) return readIdentity(tlsCertFile, tlsKeyFile)
  // Loading the library and generating keys takes time, so it happens only with TLS.
  const { makeCertificate } = await import('./certificate.ts')
  const made = await makeCertificate(host)
  if (tlsCaOutFile !== undefined) {
    await writeFile(tlsCaOutFile, made.caPem).catch(({ code }: NodeJS.ErrnoException) => {
      throw invalidFile(tlsCaOutFile, `cannot be written (${code})`)
    })
  }
  return made
}

function checkFlags({ port, tls, tlsPort, tlsCertFile, tlsKeyFile, tlsCaOutFile }: TlsSettings): void {
  const files = { '--tls-cert': tlsCertFile, '--tls-key': tlsKeyFile, '--tls-ca-out': tlsCaOutFile }
  for (const [flag, file] of Object.entries(files)) {
    if (!tls && file !== undefined) throw new UsageError(`${flag} requires --tls`)
  }
  if ((tlsCertFile === undefined) !== (tlsKeyFile === undefined)) {
    throw new UsageError('--tls-cert and --tls-key must be given together')
  }
  if (tlsCertFile !== undefined && tlsCaOutFile !== undefined) {
    throw new UsageError('--tls-ca-out cannot be combined with --tls-cert: no CA is generated')
  }
  if (tls && port === tlsPort && port !== 0) {
    throw new UsageError(`--port and --tls-port are both ${port}: HTTP and HTTPS need different ports`)
  }
}

async function readIdentity(certFile: string, keyFile: string): Promise<TlsIdentity> {
  const [cert, key] = await Promise.all([readBytes(certFile), readBytes(keyFile)])
  checkContext({ cert }, certFile, 'not a certificate in PEM')
  checkContext({ key }, keyFile, 'not a private key in PEM without a passphrase')
  checkContext({ cert, key }, keyFile, `not the key of ${certFile}`)
  return { cert, key, caPem: undefined }
}

/** Validates with OpenSSL itself, which decides in the end. */
function checkContext(options: SecureContextOptions, file: string, flaw: string): void {
  try {
    createSecureContext(options)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw invalidFile(file, `${flaw} (${code})`)
  }
}
