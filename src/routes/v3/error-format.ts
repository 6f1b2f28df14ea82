import { STATUS_CODES } from 'node:http'
import {
  detailFormat,
  type ErrorFormat,
  problemFormat,
  problemFormatWith,
  type SelectFormat,
} from '../../fastapi/error-format.ts'
import type { Organizations } from '../../organization/organizations.ts'

/** The phrase of RFC 9110 for 422, which Python has had since 3.13. */
const contentFormat = problemFormatWith({ ...STATUS_CODES, 422: 'Unprocessable Content' })

/**
 * Returns a function that selects the form of v3's errors by the answers to open questions: those of the organization of the request or,
 * before it is known, those of the server.
 */
export function v3ErrorFormat(server: Pick<Organizations, 'answers'>): SelectFormat {
  return ({ issues }, request): ErrorFormat => {
    const { answers } = request?.organization ?? server
    const invalid = answers.get('v3-422')
    if (issues !== undefined && invalid === 'detail-list') return detailFormat
    const format = invalid === 'unprocessable-content' ? contentFormat : problemFormat
    return answers.is('v3-error-type', 'json') ? { ...format, contentType: 'application/json' } : format
  }
}
