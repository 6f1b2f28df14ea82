// The least that a test with a server of its own needs: a bare `node:http` server, one request, the end.
import { once } from 'node:events'
import { createServer } from 'node:http'

const server = createServer((_request, response) => {
  response.writeHead(404, { 'content-type': 'application/json' }).end('{"detail":"Secret not found"}')
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const headers = { authorization: 'Bearer apk_user_bench' }
const url = `http://127.0.0.1:${server.address().port}/v1/secrets/secret-unknown`
const response = await fetch(url, { method: 'DELETE', headers })
if (response.status !== 404) throw new Error(String(response.status))
await response.json()
server.close()
server.closeAllConnections()
