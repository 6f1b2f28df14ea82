import { BYTES, BYTES_OR_NONE, COUNT } from './flag-values.ts'

/** The flags for the limits of the server. */
export const LIMIT_FLAGS = {
  maxJsonBytes: {
    ...BYTES,
    name: 'max-json-bytes',
    variables: [{ name: 'FAKE_DEVIN_MAX_JSON_BYTES' }],
    placeholder: 'SIZE',
    default: 10 * 2 ** 20,
    text: 'Maximum size of a JSON body.',
  },
  maxUploadBytes: {
    ...BYTES,
    name: 'max-upload-bytes',
    variables: [{ name: 'FAKE_DEVIN_MAX_UPLOAD_BYTES' }],
    placeholder: 'SIZE',
    default: 100 * 2 ** 20,
    text: 'Maximum size of an upload.',
  },
  maxRecords: {
    ...COUNT,
    name: 'max-records',
    variables: [{ name: 'FAKE_DEVIN_MAX_RECORDS' }],
    placeholder: 'N',
    default: 100_000,
    text: 'Maximum number of records per organization; beyond it, 507.',
  },
  maxStoredBytes: {
    ...BYTES,
    name: 'max-stored-bytes',
    variables: [{ name: 'FAKE_DEVIN_MAX_STORED_BYTES' }],
    placeholder: 'SIZE',
    default: 512 * 2 ** 20,
    text: 'Maximum size of all stored data: records, uploads, snapshots, rules, faults; beyond it, 507.',
  },
  maxConnections: {
    ...COUNT,
    name: 'max-connections',
    variables: [{ name: 'FAKE_DEVIN_MAX_CONNECTIONS' }],
    placeholder: 'N',
    default: 10_000,
    text: 'Maximum number of open connections; further ones are closed.',
  },
  journalEntries: {
    ...COUNT,
    name: 'journal-entries',
    variables: [{ name: 'FAKE_DEVIN_JOURNAL_ENTRIES' }],
    placeholder: 'N',
    default: 1_000,
    text: 'Maximum number of requests in the journal, per organization; 0 for none.',
  },
  journalBytes: {
    ...BYTES_OR_NONE,
    name: 'journal-bytes',
    variables: [{ name: 'FAKE_DEVIN_JOURNAL_BYTES' }],
    placeholder: 'SIZE',
    default: 16 * 2 ** 20,
    text: 'Maximum size of the journal, per organization; all journals together may take 8 times that.',
  },
}
