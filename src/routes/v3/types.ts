import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HttpException } from '../../fastapi/errors.ts'
import type { OperationName, Operations } from '../../schemas/v3/contract.ts'

/** A validated request of an operation. */
export type V3Request<Name extends OperationName> = Omit<FastifyRequest, 'params' | 'query' | 'body'> &
  Pick<Operations[Name], 'params' | 'query' | 'body'>

/** The implementation of an operation. */
export interface V3Route<Name extends OperationName> {
  /** The RBAC permission that the operation requires, or several of which one is enough; null for none. */
  readonly permission: string | readonly string[] | null
  /** Answers a request. May return the response, an error, or the reply after sending it. */
  handle(
    request: V3Request<Name>,
    reply: FastifyReply,
  ): Promise<Operations[Name]['response'] | HttpException | FastifyReply>
}

/** Implementations by operation: those of one resource, or all of them. */
export type V3Routes = { readonly [Name in OperationName]?: V3Route<Name> }
