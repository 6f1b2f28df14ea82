import { hash } from 'node:crypto'
import { Type } from '@sinclair/typebox'
import type { Actor } from '../auth/principal.ts'
import { formatInstant } from '../base/clock.ts'
import { StringEnum } from '../schemas/types.ts'
import type { StoredRecord } from '../store/types.ts'
import { createdAtOf, defineResource, MaybeActor, RecordId, StrictObject, Text, Time } from './resource.ts'

/** A review of a pull request. */
export interface PrReviewRecord extends StoredRecord {
  /** The repository with its host: `github.com/owner/repo`. */
  readonly repoPath: string
  readonly prNumber: number
  /** The commit that is reviewed. */
  readonly commitSha: string
  /** How the review ends. */
  readonly outcome: 'completed' | 'errored' | 'cancelled'
  /** Microseconds since the epoch. */
  readonly createdAt: number
  readonly createdBy: Actor | null
}

/** Returns the head commit of a pull request. It follows from the pull request, since the fake reaches no Git host. */
export function headCommitOf(repoPath: string, prNumber: number): string {
  return hash('sha1', `${repoPath}#${prNumber}`)
}

/** The reviews of pull requests. */
export const prReviews = defineResource({
  name: 'pr_reviews',
  document: StrictObject({
    id: RecordId,
    /** The repository with its host: `github.com/owner/repo`. */
    repo_path: Text,
    /** The number of the pull request. */
    pr_number: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    /** The commit that is reviewed. Default: one that follows from the pull request. */
    commit_sha: Type.Optional(Type.String({ pattern: '^[0-9a-f]{40,64}$' })),
    /** How the review ends. Default: `completed`. */
    outcome: Type.Optional(StringEnum(['completed', 'errored', 'cancelled'])),
    created_at: Time,
    created_by: MaybeActor,
  }),
  encode: ({ id, repoPath, prNumber, commitSha, outcome, createdAt, createdBy }: PrReviewRecord) => ({
    id,
    repo_path: repoPath,
    pr_number: prNumber,
    commit_sha: commitSha,
    outcome,
    created_at: formatInstant(createdAt),
    created_by: createdBy,
  }),
  decode: (review, defaults, reader) => ({
    id: review.id ?? `pr-review-${defaults.ids.hex()}`,
    repoPath: review.repo_path,
    prNumber: review.pr_number,
    commitSha: review.commit_sha ?? headCommitOf(review.repo_path, review.pr_number),
    outcome: review.outcome ?? 'completed',
    createdAt: createdAtOf(review, defaults, reader),
    createdBy: review.created_by ?? null,
  }),
})
