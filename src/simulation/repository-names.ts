/** A repository as clients name it. */
export interface RepositoryName {
  /** The host of its Git provider; null if it was not named. */
  readonly host: string | null
  /** Its path at the host: `owner/name`, with further segments at some providers. */
  readonly name: string
}

/** The maximum length of the name of a repository. Longer texts are not one. */
const LENGTH_MAX = 500

/** Returns the repository that a text names: `owner/name`, `github.com/owner/name`, or its URL. Returns undefined for other texts. */
export function repositoryNameIn(text: string): RepositoryName | undefined {
  if (text.length > LENGTH_MAX) return undefined
  const [first = '', ...rest] = text
    .replace(/^https?:\/\//, '')
    .replace(/(?:\.git)?\/?$/, '')
    .split('/')
  const hasHost = rest.length > 1 && first.includes('.')
  const segments = hasHost ? rest : [first, ...rest]
  if (segments.length < 2 || segments.some((segment) => !/^[^\s:]+$/.test(segment))) return undefined
  return { host: hasHost ? first : null, name: segments.join('/') }
}

/** The path of a pull request at GitHub, GitLab, Bitbucket and Azure DevOps: that of the repository, and the number. */
const PULL_REQUEST_PATH =
  /^\/([^/]+(?:\/[^/]+)+?)\/(?:-\/merge_requests|pull|pull-requests|pullrequest)\/(\d{1,15})(?:\/|$)/

/** A pull request. */
export interface PullRequestName {
  readonly repository: RepositoryName & { readonly host: string }
  readonly number: number
}

/** Returns the pull request that a URL leads to; undefined if it is the URL of something else. */
export function pullRequestIn(url: string): PullRequestName | undefined {
  const { protocol = '', host = '', pathname = '' } = URL.parse(url) ?? {}
  const [, name, number] = PULL_REQUEST_PATH.exec(pathname) ?? []
  if (name === undefined || number === undefined || !/^https?:$/.test(protocol)) return undefined
  return { repository: { host, name }, number: Number(number) }
}
