import { type AnswerName, type AnswerOption, QUESTIONS } from '../answers/questions.ts'
import { type Confidence, LEGACY_DOCUMENT } from './row.ts'

/** One answer to an open question, and the evidence for it. */
export interface OpenOption {
  /** The behavior of the fake with this answer. */
  readonly value: string
  /** The evidence that the real service behaves like this. */
  readonly confidence: Confidence
  /** Where the evidence comes from. */
  readonly source: string
}

/** A question that the vendor's documents leave open, or that witnesses answer differently, with all answers that have evidence. */
export interface OpenQuestion {
  /** The name for `--answer` and `devin.answers`. */
  readonly name: AnswerName
  /** The question itself. */
  readonly question: string
  /** The answers, the default first. */
  readonly options: readonly (OpenOption & {
    /** The name for `--answer` and `devin.answers`. */
    readonly option: string
  })[]
}

const because =
  (confidence: Confidence) =>
  (value: string, source: string): OpenOption => ({ value, confidence, source })
const [documented, seen, guess] = [because('documented'), because('seen'), because('guess')]

const RECORDING = 'answers of the live service, recorded 2026-09-02 in a public repository’s test fixtures'
const GUIDE = 'the guide common-flows'

/** The question of each name, and the evidence for its options. */
const evidence: {
  readonly [Name in AnswerName]: readonly [
    question: string,
    options: Readonly<Record<AnswerOption<Name>, OpenOption>>,
  ]
} = {
  'v1-bad-key': [
    'v1: answer to a key that is unknown, revoked or expired (one of the other generation gets 403)',
    {
      403: seen('403 {"detail":"Unauthorized"}', 'third parties, 2026'),
      401: documented('401 {"detail":"Unauthorized"}', `${LEGACY_DOCUMENT}; older clients`),
      '401-unauthenticated': seen('401 {"detail":"Unauthenticated"}', 'reports of users of a client'),
    },
  ],
  'v1-secret-list': [
    'v1: shape of `GET /v1/secrets`',
    {
      array: documented('an array of `id`, `type`, `key`, `created_at`', 'v1/secrets/list-secrets'),
      object: documented(
        '`{"secrets": […]}` of `secret_id`, `secret_type`, `secret_name`, `created_at`',
        `${LEGACY_DOCUMENT}; \`smasato/devin_api_client_rb\`, tests of \`revanthpobala/devin-cli\``,
      ),
    },
  ],
  'v1-secret-note': [
    'v1: whether `POST /v1/secrets` requires `note`, which may be null',
    {
      optional: seen('no', 'two clients omit it; the newer API has it optional'),
      required: documented(
        '422 without it',
        'v1/secrets/create-secret marks it as required, and calls it optional',
      ),
    },
  ],
  'v1-create-secret': [
    'v1: status of a new secret',
    {
      200: guess('200', 'FastAPI’s default; v1/secrets/create-secret has no status'),
      201: documented('201', LEGACY_DOCUMENT),
    },
  ],
  'v1-delete-secret': [
    'v1: answer to the deletion of a secret',
    {
      200: documented(
        '200 {"message":"Secret deleted successfully"}',
        'v1/secrets/delete-secret; the text is a guess',
      ),
      204: documented('204', `${LEGACY_DOCUMENT}; tests of \`revanthpobala/devin-cli\``),
    },
  ],
  'v1-unknown-secret': [
    'v1: answer to the deletion of an unknown secret',
    {
      404: documented('404 {"detail":"Secret not found"}', `${LEGACY_DOCUMENT}; the text is a guess`),
      403: guess('403 {"detail":"Unauthorized"}', 'v3 answers so, and v1 may share its code'),
    },
  ],
  'v1-is-new-session': [
    'v1: `is_new_session` of a session that was not created with `idempotent`',
    {
      null: documented('null', 'the field is nullable; FastAPI sends nulls'),
      absent: documented('left out', `${LEGACY_DOCUMENT}; the schema of an SDK of 2024 refuses null`),
    },
  ],
  'v1-session-status': [
    'v1: words of `status`',
    {
      lifecycle: documented(
        '`running`, `suspended`, `exit` and others',
        `examples of the ${LEGACY_DOCUMENT}`,
      ),
      'status-enum': seen('those of `status_enum`', 'third parties'),
    },
  ],
  'v1-tag-filter': [
    'v1: sessions that several `tags` select',
    {
      any: guess('those with any of them', 'like other filters'),
      all: guess('those with all of them', 'v1/sessions/list-sessions allows either'),
    },
  ],
  'v1-list-bounds': [
    'v1: bounds of `limit` and `offset` of `GET /v1/sessions`',
    {
      none: documented('none; negative values count as 0', 'v1/sessions/list-sessions has none'),
      limited: documented('`limit` from 1 to 1000, `offset` from 0, else 422', LEGACY_DOCUMENT),
    },
  ],
  'v1-message': [
    'v1: answer to a message that was received',
    {
      200: documented('200 null', 'v1/sessions/send-a-message-to-an-existing-devin-session'),
      204: documented('204', LEGACY_DOCUMENT),
    },
  ],
  'v1-message-path': [
    'v1: paths for messages',
    {
      both: documented(
        '`/v1/sessions/…/message` and `/v1/session/…/message`',
        'the reference; the migration guide',
      ),
      singular: seen('only `/v1/session/…/message`; 405 for the other', 'a third party, 2026-08'),
    },
  ],
  'v1-attachment-url': [
    'v1: form of the URL that an upload answers',
    {
      json: documented('a JSON string, with quotes', 'v1/attachments/upload-files-for-devin-to-work-with'),
      text: documented('`text/plain`, without quotes', `${LEGACY_DOCUMENT}; two clients expect it`),
    },
  ],
  'v1-playbook-list': [
    'v1: shape of `GET /v1/playbooks`',
    {
      array: documented('an array', 'v1/playbooks/list-playbooks'),
      object: seen('`{"items": […]}`', 'notes of a third party'),
    },
  ],
  'v1-delete-playbook': [
    'v1: answer to the deletion of a playbook',
    {
      200: documented('200 {"status":"success"}', 'playbooks/delete-playbook; two clients read it'),
      204: seen('204', 'tests of `revanthpobala/devin-cli`'),
    },
  ],
  'v3-bad-key': [
    'v3: answer to a key that is missing, unknown, revoked or expired (a missing permission gets 403)',
    {
      403: seen('403', 'third parties, 2026-09'),
      401: documented('401', `${GUIDE}; newer reference pages list 401 and 403`),
    },
  ],
  'v3-unknown-organization': [
    'v3: answer to a key that names an organization that it does not belong to',
    {
      403: seen('403', 'third parties'),
      404: seen('404 with the detail `Organization not found`', 'a client handles it'),
    },
  ],
  'v3-422': [
    'v3: answer to a request that does not match its schema',
    {
      problem: documented(
        'a problem with the title `Unprocessable Entity` and `errors`',
        'newer pages; the texts are a guess',
      ),
      'unprocessable-content': guess(
        'the same with the title `Unprocessable Content`',
        'Python’s phrase for 422 since 3.13',
      ),
      'detail-list': documented('`{"detail": […]}`, as v1', 'older pages: HTTPValidationError'),
    },
  ],
  'v3-error-type': [
    'v3: content type of errors',
    {
      problem: documented('`application/problem+json`', 'RFC 9457, whose schema the pages name'),
      json: documented('`application/json`', 'the pages list the schema under this type'),
    },
  ],
  'v3-unknown-secret': [
    'v3: answer to the deletion of an unknown secret',
    {
      403: seen('403', 'the vendor’s Terraform provider notes it'),
      404: guess(
        '404 with the detail `Secret not found`',
        `other resources of v3; the ${LEGACY_DOCUMENT} for v1`,
      ),
    },
  ],
  'v3-created-status': [
    'v3: `status` in the answer to the creation of a session',
    { new: seen('`new`', RECORDING), running: documented('`running`', `a sample of ${GUIDE}`) },
  ],
  'v3-session-id': [
    'v3: ids of sessions in answers with a session',
    {
      bare: seen('without a prefix', RECORDING),
      prefixed: documented('with `devin-`', `a sample of ${GUIDE}`),
    },
  ],
  'v3-terminated-detail': [
    'v3: `status_detail` of a terminated session',
    {
      null: documented('null', 'the values of the reference'),
      finished: seen('`finished`', 'a test of a client'),
    },
  ],
  'v3-session-attachments': [
    'v3: shape of the attachments of a session',
    {
      array: documented('an array', 'the reference and the SDK'),
      object: documented('`{"items": […]}`', GUIDE),
    },
  ],
  'v3-tag-filter': [
    'v3: sessions that several `tags` select',
    {
      any: guess('those with any of them', 'like the other filters'),
      all: guess('those with all of them', 'v3/sessions/organizations-sessions allows either'),
    },
  ],
  'v3-total': [
    'v3: `total` of lists of records of an organization',
    {
      count: seen('the number of all', 'a `total` of 0 was seen for an empty list of sessions'),
      null: seen('null', `${RECORDING}: messages and repositories`),
    },
  ],
  'v3-last-cursor': [
    'v3: `end_cursor` on the last page of lists of records of an organization',
    {
      null: seen('null', `${RECORDING}: messages`),
      set: seen('the end of the page, if it has items', `${RECORDING}: repositories`),
    },
  ],
  'v3-repeated-pr-review': [
    'v3: answer to a review of a commit whose latest review has not ended',
    {
      200: guess('another review', 'the page says that a record is created'),
      409: seen('409', 'a public workflow takes it as a pending review of the commit'),
    },
  ],
  'v3-self-permission': [
    'v3: permission for `GET /v3/self`',
    {
      none: documented('none', 'newer pages of v3/self/self'),
      ReadAccountMeta: documented('`ReadAccountMeta`', 'older pages of v3/self/self'),
    },
  ],
  'v3-create-session-permission': [
    'v3: permission to create a session',
    {
      ManageOrgSessions: documented('`ManageOrgSessions`', 'v3/sessions/post-organizations-sessions'),
      UseDevinSessions: seen('`UseDevinSessions` is enough', 'the guide of a connector'),
    },
  ],
}

/** The open questions, in the order of their names' declaration. */
export const openQuestions: readonly OpenQuestion[] = Object.entries(QUESTIONS).map(([name, options]) => {
  const [question, known] = evidence[name as AnswerName] as readonly [
    string,
    Readonly<Record<string, OpenOption>>,
  ]
  return {
    name: name as AnswerName,
    question,
    options: options.map((option) => ({ option, ...(known[option] as OpenOption) })),
  }
})
