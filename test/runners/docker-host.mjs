// Loaded before a recipe for Testcontainers: gives it an engine, as a machine with Docker does.
import { startEngine } from './docker-engine.mjs'

const { host, server } = await startEngine()
server.unref()
Object.assign(process.env, { DOCKER_HOST: host, TESTCONTAINERS_RYUK_DISABLED: 'true' })
