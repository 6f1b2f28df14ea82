import { Type } from '@sinclair/typebox'
import { HttpException } from '../../fastapi/errors.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { ErrorResponse } from '../../schemas/control/errors.ts'
import type { ControlOptions } from './scope.ts'

// RFC 8555, section 9.1.
const PEM = 'application/pem-certificate-chain'

const Pem = Type.String({ contentMediaType: PEM })

/** Registers the route of the CA certificate, for TLS clients. */
export async function certificateRoutes(app: ApiInstance, { caPem }: ControlOptions): Promise<void> {
  // GET /_fake/ca.pem
  app.get(
    '/_fake/ca.pem',
    {
      schema: {
        operationId: 'get_ca',
        summary: 'Get the CA certificate for HTTPS, in PEM',
        response: { 200: Pem, 404: ErrorResponse },
      },
    },
    async (_request, reply) => {
      if (caPem === undefined)
        throw new HttpException(404, 'This server has no CA of its own: start it with --tls')
      return reply.type(PEM).send(caPem)
    },
  )
}
