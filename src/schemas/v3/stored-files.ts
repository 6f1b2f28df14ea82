import { unixSeconds } from '../../base/clock.ts'
import type { PresignedDownload } from './contract.ts'

/** Returns the wire form of a download: a presigned path, valid until a time in microseconds since the epoch. */
export function presignedDownloadResponse(
  { path, expiresAt }: { readonly path: string; readonly expiresAt: number },
  origin: string,
): PresignedDownload {
  return { url: origin + path, expires_at: unixSeconds(expiresAt) }
}
