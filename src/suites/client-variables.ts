/** The connection data of a fake. */
export interface Connection {
  readonly url: string
  /** A v3 key, or empty if the fake has none. */
  readonly v3Key: string
  /** A v1 key, or empty if the fake has none. */
  readonly key: string
  readonly orgId: string
}

/** Returns the variables from which tests and clients read where the API is. The README lists those of clients. */
export function clientVariables({ url, v3Key, key, orgId }: Connection): Record<string, string> {
  return {
    FAKE_DEVIN_URL: url,
    DEVIN_API_KEY: v3Key === '' ? key : v3Key,
    DEVIN_ORG_ID: orgId,
    DEVIN_API_URL: url,
    DEVIN_BASE_URL: url,
    DEVIN_API_BASE_URL: url,
    DEVIN_API_BASE: url,
  }
}
