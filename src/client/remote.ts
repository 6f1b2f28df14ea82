// The transport to a fake elsewhere. Like src/server/engine.ts, it runs in Node's own realm.
export { httpOpen, httpSend } from './http-send.ts'
export { remoteFetch } from './remote-fetch.ts'
