import { NOWHERE } from '../api.ts'
import { ACCESS, answers, type Check, type Checks, DATA, STARTS_WORK } from '../check.ts'
import { expectThat, hasStatus, refuses } from '../expect.ts'

const ALL = '/v3/organizations/{org_id}/code-scans'
const PATH = '/v3/organizations/{org}/code-scans'
const DAY = 86_400
/** 2025-01-01, in Unix seconds. */
const START = 1_735_689_600

/** Returns a check of a list whose items the API's document does not describe. */
const hasItems =
  (path: string): Check =>
  async (api) => {
    const answer = await api.call('GET', path)
    hasStatus(answer, 200)
    expectThat(answer, Array.isArray(Object(answer.json).items), { expected: 'an array `items`' })
  }

/** The checks of code scans. */
export const v3CodeScans: Checks = {
  [`POST ${ALL}`]: STARTS_WORK,
  [`GET ${ALL}/findings`]: {
    'the operation': hasItems(`${PATH}/findings?first=2`),
    'where findings come from': DATA,
  },
  [`GET ${ALL}/metrics`]: {
    'the operation': async (api) => {
      const range = `time_after=${START}&time_before=${START + DAY}`
      const answer = await api.call('GET', `${PATH}/metrics?${range}`)
      hasStatus(answer, 200)
      expectThat(answer, typeof Object(answer.json).scans_count === 'number', { expected: 'a `scans_count`' })
    },
    'answer to a range that is empty or longer than 100 days': answers(
      'GET',
      `${PATH}/metrics?time_after=${START}&time_before=${START + 101 * DAY}`,
    ),
  },
  [`GET ${ALL}/profiles`]: { 'the operation': hasItems(`${PATH}/profiles?first=2`) },
  [`GET ${ALL}/profiles/{profile_id}`]: {
    'the operation': async (api) => refuses(await api.call('GET', `${PATH}/profiles/${NOWHERE}`), 404),
  },
  [`GET ${ALL}/{scan_id}`]: {
    'the operation': async (api) =>
      refuses(await api.call('GET', `${PATH}/${NOWHERE}`), 404, 'Code scan not found'),
    'the list of scans': hasItems(`${PATH}/scans?first=2`),
  },
  [`POST ${ALL}/{scan_id}/auto-scan`]: STARTS_WORK,
  [`PUT ${ALL}/{scan_id}/profile`]: ACCESS,
}
