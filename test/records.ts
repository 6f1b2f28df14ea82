import { DEFAULT_ORG_ID, DEFAULT_SERVICE_USER, DEFAULT_USER, type Principal } from '../src/auth/principal.ts'
import type { NewSession } from '../src/organization/create-session.ts'
import type { FolderRecord } from '../src/resources/folders.ts'
import type { KnowledgeRecord } from '../src/resources/knowledge.ts'
import type { PlaybookRecord } from '../src/resources/playbooks.ts'
import type { SecretRecord } from '../src/resources/secrets.ts'
import type { SessionRecord } from '../src/resources/sessions.ts'
import { NOW } from './fake.ts'
import { aHistory } from './simulation/histories.ts'

// Complete records and principals, for tests that care about a few of their members.

/** Returns the principal of an open personal key of v1. */
export const aPrincipal = (fields: Partial<Principal> = {}): Principal => ({
  generation: 'v1',
  orgId: DEFAULT_ORG_ID,
  isBound: false,
  kind: 'personal',
  user: DEFAULT_USER,
  actor: DEFAULT_USER,
  permissions: null,
  expiresAt: null,
  ...fields,
})

/** Returns the principal of an open service key of v1. */
export const aServicePrincipal = (fields: Partial<Principal> = {}): Principal =>
  aPrincipal({ kind: 'service', user: null, actor: DEFAULT_SERVICE_USER, ...fields })

/** Returns the parameters of a new session. */
export const aNewSession = (fields: Partial<NewSession> = {}): NewSession => ({
  prompt: 'x',
  idempotent: false,
  title: null,
  tags: [],
  unlisted: false,
  maxAcuLimit: null,
  snapshotId: null,
  playbookId: null,
  knowledgeIds: null,
  secretIds: null,
  sessionSecretKeys: [],
  structuredOutputSchema: null,
  ...fields,
})

/** Returns a secret. */
export const aSecret = (fields: Partial<SecretRecord> = {}): SecretRecord => ({
  id: 'secret-1',
  type: 'key-value',
  key: 'TOKEN',
  value: 's3cr3t',
  sensitive: true,
  note: 'for CI',
  createdAt: NOW,
  createdBy: null,
  ...fields,
})

/** Returns a folder of knowledge. */
export const aFolder = (fields: Partial<FolderRecord> = {}): FolderRecord => ({
  id: 'folder-1',
  name: 'n',
  description: 'd',
  parentFolderId: null,
  isEnabled: true,
  createdAt: NOW,
  ...fields,
})

/** Returns a knowledge entry. */
export const aNote = (fields: Partial<KnowledgeRecord> = {}): KnowledgeRecord => ({
  id: 'note-1',
  name: 'Style',
  body: 'Two blanks.',
  triggerDescription: 'When you write code',
  macro: '!style',
  parentFolderId: 'folder-1',
  pinnedRepo: 'owner/repo',
  isEnabled: true,
  createdAt: NOW,
  createdBy: { id: 'user-1', email: 'a@example.com', name: 'A' },
  updatedAt: NOW,
  ...fields,
})

/** Returns a playbook. */
export const aPlaybook = (fields: Partial<PlaybookRecord> = {}): PlaybookRecord => ({
  id: 'playbook-1',
  title: 'Release',
  body: '1. Tag',
  macro: '!release',
  status: 'published',
  structuredOutputSchema: null,
  createdAt: NOW,
  createdBy: { id: 'user-1', email: 'a@example.com', name: 'A' },
  updatedAt: NOW,
  updatedBy: null,
  ...fields,
})

/** Returns a session without events. */
export const aSession = (fields: Partial<SessionRecord> = {}): SessionRecord => ({
  ...aHistory(),
  createdBy: null,
  tags: [],
  snapshotId: null,
  playbookId: null,
  unlisted: false,
  knowledgeIds: null,
  secretIds: null,
  sessionSecretKeys: [],
  structuredOutputSchema: null,
  structuredOutputRequired: false,
  bypassApproval: false,
  sessionLinks: [],
  childPlaybookId: null,
  platform: 'linux',
  devinMode: 'normal',
  origin: 'api',
  parentId: null,
  childIds: [],
  attachmentUrls: [],
  automationId: null,
  scheduleId: null,
  repos: [],
  resumable: true,
  commands: [],
  archivedAt: null,
  insightsRequestedAt: null,
  answersForPrompt: true,
  ...fields,
})
