import { NOWHERE } from '../api.ts'
import { type Check, type Checks, reads, STARTS_WORK } from '../check.ts'
import { expectThat, refuses } from '../expect.ts'
import { itemsOf } from '../things.ts'

const ALL = '/v3beta1/organizations/{org_id}/snapshot-setup'
const PATH = '/v3beta1/organizations/{org}/snapshot-setup'
const BLUEPRINTS = `${ALL}/blueprints`
const ONE = `${BLUEPRINTS}/{blueprint_id}`
const BUILDS = `${ALL}/builds`
const BUILD = `${BUILDS}/{build_id}`
const SETUP = 'changes how the machines of sessions are set up, and may start a build'

/** Returns a check of something that does not exist. */
const unknown =
  (path: string): Check =>
  async (api) =>
    refuses(await api.call('GET', `${PATH}/${path}`), 404)

/** The checks of blueprints and builds. */
export const v3Builds: Checks = {
  [`GET ${BLUEPRINTS}`]: { 'the operation': reads(`${PATH}/blueprints`) },
  [`POST ${BLUEPRINTS}`]: SETUP,
  [`GET ${ONE}`]: { 'the operation': unknown(`blueprints/blueprint-${NOWHERE}`) },
  [`DELETE ${ONE}`]: {
    'the operation': async (api) =>
      refuses(await api.call('DELETE', `${PATH}/blueprints/blueprint-${NOWHERE}`), 404),
  },
  [`GET ${ONE}/contents`]: {
    'the operation': unknown(`blueprints/blueprint-${NOWHERE}/contents`),
    'contents of a blueprint that was created without any': SETUP,
  },
  [`GET ${ONE}/files`]: { 'the operation': unknown(`blueprints/blueprint-${NOWHERE}/files`) },
  [`POST ${ONE}/files`]: SETUP,
  [`DELETE ${ONE}/files/{file_id}`]: SETUP,
  [`GET ${BUILDS}`]: {
    'the operation': reads(`${PATH}/builds?first=2`),
    'order, and the active build': async (api) => {
      const answer = await api.call('GET', `${PATH}/builds?active=true`)
      expectThat(answer, itemsOf(answer).length <= 1, { expected: 'at most one active build' })
    },
  },
  [`POST ${BUILDS}`]: STARTS_WORK,
  [`GET ${BUILD}`]: { 'the operation': unknown(`builds/build-${NOWHERE}`) },
  [`POST ${BUILD}/cancel`]: SETUP,
  [`GET ${BUILD}/logs`]: { 'the operation': unknown(`builds/build-${NOWHERE}/logs`) },
  [`POST ${BUILD}/pin`]: SETUP,
}
