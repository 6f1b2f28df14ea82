import { Type } from '@sinclair/typebox'
import { HttpException } from '../../fastapi/errors.ts'
import type { ApiInstance } from '../../hooks/types.ts'
import { ErrorResponse } from '../../schemas/control/errors.ts'
import { EventsQuery, LiveEvent } from '../../schemas/control/events.ts'
import { HTTPValidationError } from '../../schemas/errors.ts'
import type { ControlOptions } from './scope.ts'

// The HTML standard, section 9.2.
const MEDIA_TYPE = 'text/event-stream'

const Events = Type.Unsafe<unknown>({
  type: 'string',
  contentMediaType: MEDIA_TYPE,
  contentSchema: LiveEvent,
  description: 'Server-sent events. The data of each event is a LiveEvent.',
})

const Unavailable = Type.Unsafe({ ...ErrorResponse, description: 'Too many streams, or the server stops' })

/** The maximum number of open streams. */
export const STREAMS_MAX = 100

/** Registers the route of the live events. Everything that collects events is loaded by the first stream. */
export async function eventRoutes(app: ApiInstance, { organizations }: ControlOptions): Promise<void> {
  const { events } = organizations

  // GET /_fake/events
  app.get(
    '/_fake/events',
    {
      schema: {
        operationId: 'stream_events',
        summary: 'Follow what happens, as server-sent events; keys and secret values are never part of them',
        querystring: EventsQuery,
        response: { 200: Events, 422: HTTPValidationError, 503: Unavailable },
      },
    },
    async ({ query, headers, method, socket }, reply) => {
      const { openEvents } = await import('../../organization/live-events.ts')
      const { EventStream } = await import('./event-stream.ts')
      if (events.isClosed) throw unavailable('The server stops')
      const openStreams = events.hub?.size ?? 0
      if (openStreams >= STREAMS_MAX) throw unavailable(`There are ${STREAMS_MAX} streams; close one first`)
      // Keeps proxies from buffering the events (nginx) and from caching them.
      reply.headers({ 'content-type': MEDIA_TYPE, 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      if (method === 'HEAD') return reply.send('')
      const { org_id: orgId, kinds, last_event_id: after } = query
      const stream = new EventStream()
      const selection = { kinds, orgId, after: lastEventId(headers) ?? after }
      const unsubscribe = openEvents(organizations).subscribe(stream, selection)
      // Connections may be half open, so without this, a client that has gone would be noticed only at the next event.
      const end = () => stream.destroy()
      socket.once('end', end)
      stream.once('close', () => {
        socket.off('end', end)
        unsubscribe()
      })
      return reply.send(stream)
    },
  )
}

function lastEventId(headers: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
  return headers['last-event-id']?.toString()
}

function unavailable(detail: string): HttpException {
  return new HttpException(503, detail)
}
