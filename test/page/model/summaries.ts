import type { SessionSummary } from '../../../src/page/model/sessions.ts'

/** A working session. */
export const SUMMARY: SessionSummary = {
  session_id: 'devin-1',
  org_id: 'org-1',
  title: 'Login',
  prompt: 'Fix the login page',
  tags: [],
  status: 'running',
  status_enum: 'working',
  v3_status: 'running',
  v3_status_detail: 'working',
  created_at: '2026-01-01T00:00:00.000000Z',
  updated_at: '2026-01-01T00:00:00.000000Z',
  acus: 0,
  max_acu_limit: null,
  pull_requests: [],
  messages: 1,
  origin: 'api',
  archived: false,
  scenario: 'default',
  has_ended: false,
  next_step_at: null,
}

/** Returns a working session with other members. */
export function summary(members: Partial<SessionSummary>): SessionSummary {
  return { ...SUMMARY, ...members }
}
