import { ApiError } from '../../errors.ts'
import type { ApiInstance } from '../types.ts'
import type { ControlOptions } from './scope.ts'

/** The certificate to trust, for clients that speak TLS. */
export async function certificateRoutes(app: ApiInstance, { caPem }: ControlOptions): Promise<void> {
  // GET /_fake/ca.pem
  app.get('/_fake/ca.pem', { schema: { hide: true } }, async (_request, reply) => {
    if (caPem === undefined) throw new ApiError(404, 'No CA was made here: start with --tls')
    // RFC 8555, section 9.1.
    return reply.type('application/pem-certificate-chain').send(caPem)
  })
}
