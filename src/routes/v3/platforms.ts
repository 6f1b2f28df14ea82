import { Impossible } from '../../organization/errors.ts'
import { PLATFORMS } from '../../simulation/scenario.ts'

/**
 * Returns a platform that was given in any case. `others` are words that may stand in its place. Throws {@link Impossible} for an unknown
 * one.
 */
export function knownPlatform(label: string, others: readonly string[] = []): string {
  const platform = label.toLowerCase()
  if ([...PLATFORMS, ...others].includes(platform)) return platform
  throw new Impossible(`Unknown platform. Available platforms: ${PLATFORMS.join(', ')}`)
}
