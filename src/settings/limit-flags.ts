import { BYTES, BYTES_OR_NONE, COUNT } from './flag-values.ts'

/** The flags for the limits of the server. */
export const LIMIT_FLAGS = {
  maxJsonBytes: {
    ...BYTES,
    name: 'max-json-bytes',
    variables: [{ name: 'FAKE_DEVIN_MAX_JSON_BYTES' }],
    placeholder: 'SIZE',
    default: 10 * 2 ** 20,
    text: 'The longest JSON body that is read.',
  },
  maxUploadBytes: {
    ...BYTES,
    name: 'max-upload-bytes',
    variables: [{ name: 'FAKE_DEVIN_MAX_UPLOAD_BYTES' }],
    placeholder: 'SIZE',
    default: 100 * 2 ** 20,
    text: 'The longest upload that is read.',
  },
  maxRecords: {
    ...COUNT,
    name: 'max-records',
    variables: [{ name: 'FAKE_DEVIN_MAX_RECORDS' }],
    placeholder: 'N',
    default: 100_000,
    text: 'How many records an organization may have; more are answered 507.',
  },
  maxStoredBytes: {
    ...BYTES,
    name: 'max-stored-bytes',
    variables: [{ name: 'FAKE_DEVIN_MAX_STORED_BYTES' }],
    placeholder: 'SIZE',
    default: 512 * 2 ** 20,
    text: 'How much everything that is kept may take: records, uploads, snapshots, rules, faults; more is answered 507.',
  },
  maxConnections: {
    ...COUNT,
    name: 'max-connections',
    variables: [{ name: 'FAKE_DEVIN_MAX_CONNECTIONS' }],
    placeholder: 'N',
    default: 10_000,
    text: 'How many connections may be open at once; more are closed.',
  },
  journalEntries: {
    ...COUNT,
    name: 'journal-entries',
    variables: [{ name: 'FAKE_DEVIN_JOURNAL_ENTRIES' }],
    placeholder: 'N',
    default: 1_000,
    text: 'How many requests are kept for /_fake/requests, per organization; 0 for none.',
  },
  journalBytes: {
    ...BYTES_OR_NONE,
    name: 'journal-bytes',
    variables: [{ name: 'FAKE_DEVIN_JOURNAL_BYTES' }],
    placeholder: 'SIZE',
    default: 16 * 2 ** 20,
    text: 'What they may take, per organization; all together take at most 8 times that.',
  },
}
