import type { FidelityRow } from './row.ts'

/** The facts about the principal behind a key. */
export const v3Self: readonly FidelityRow[] = [
  {
    operation: 'GET /v3/self',
    what: 'the operation',
    value: 'answers each of the four kinds of principals in its shape, told apart by `principal_type`',
    confidence: 'documented',
    source: 'v3/self/self; `GetSelfResponse` of the SDK',
  },
  {
    operation: 'GET /v3/self',
    what: 'the permission that it needs',
    value: 'none',
    confidence: 'documented',
    source: 'the newer pages of v3/self/self; older ones name `ReadAccountMeta`',
    question: 'v3-self-permission',
  },
  {
    operation: 'GET /v3/self',
    what: 'the organization of a key that belongs to none',
    value: 'the default organization, in whose name the key works',
    confidence: 'guess',
    source: 'a choice of the fake: real keys belong to an organization or to an enterprise',
  },
  {
    operation: 'GET /v3/self',
    what: 'members for a personal access token',
    value:
      '`principal_type`, `user_id`, `user_name`, `org_id` and `user_email`; not `api_key_id` and `api_key_name`, since keys have no names here',
    confidence: 'seen',
    source: 'two clients; the SDK has `api_key_id` and `api_key_name`, and no `user_email`',
  },
  {
    operation: 'GET /v3/self',
    what: '`devin_sessions_org_id` for a personal access token and a session of Windsurf',
    value: 'the organization of the key, as `org_id`',
    confidence: 'seen',
    source:
      'six clients make their paths from it; the note of one, which asked the live service on 2026-09-30, says that it may differ from `org_id`. The contract lacks it',
  },
  {
    operation: 'GET /v3/self',
    what: 'answer to the credential that `devin auth login` stores',
    value:
      'that to a session of Windsurf: `devin-session-token$` and a JWT, of which any is valid unless `--strict-keys` is set; the JWT alone is refused',
    confidence: 'seen',
    source: 'recorded exchanges of a client; that the fake does not read the JWT is a choice',
  },
  {
    operation: 'GET /v3/self',
    what: 'sessions of Devin and Windsurf',
    value:
      'keys that a seed registers with `principal_type`; the user of a session of Devin is its creator, `bot_apk` for a service user, as whom it also creates and changes everything else',
    confidence: 'guess',
    source: '`DevinBrainUserSelf` and `WindsurfSessionUserSelf` of the SDK; recorded sessions have `bot_apk`',
  },
]
