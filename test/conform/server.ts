import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { randomIds } from '../../src/base/ids.ts'
import type { Access } from '../../src/conform/api.ts'
import type { Received, Send, Sent } from '../../src/conform/send.ts'
import { Organizations } from '../../src/organization/organizations.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { frozenClock, startFake } from '../fake.ts'

/** Starts the fake in this process. Returns the function that sends requests to it, without a socket. */
export async function startServer(t: Test): Promise<Send> {
  const organizations = new Organizations({ store: memoryStore(), clock: frozenClock, ids: randomIds })
  const { app } = await startFake(t, { organizations })
  return sendInto(app)
}

/** Returns the function that sends requests to an application. */
export function sendInto(app: FastifyInstance): Send {
  return async ({ method, path, headers, body }) => {
    const response = await app.inject({
      method: method as 'GET',
      url: path,
      headers: { host: 'api.example', ...headers },
      ...(body !== undefined && { payload: body }),
    })
    return {
      status: response.statusCode,
      headers: response.headers as Record<string, string>,
      body: response.body,
    }
  }
}

let names = 0

/** Returns the access of a run that may do everything. */
export function fullAccess(send: Send, more: Partial<Access> = {}): Access {
  names++
  return {
    send,
    keys: { v1: 'apk_user_conform', v3: 'cog_conform' },
    orgId: undefined,
    writes: true,
    sessions: true,
    enterprise: true,
    name: `fake-devin-conform-${names}x`,
    stopped: new Promise(() => undefined),
    ...more,
  }
}

/** The access of a run that only reads. */
export const READ_ONLY = { writes: false, sessions: false, enterprise: false }

/** Returns a function that sends requests as another does, but changes the answers. */
export function changing(send: Send, change: (received: Received, request: Sent) => Received): Send {
  return async (request) => change(await send(request), request)
}
