import { Impossible } from '../../organization/errors.ts'
import { PLATFORMS } from '../../simulation/scenario.ts'

/**
 * Returns a platform in lower case. `others` are further words that are allowed in its place. Throws {@link Impossible} for an unknown
 * platform.
 */
export function knownPlatform(label: string, others: readonly string[] = []): string {
  const platform = label.toLowerCase()
  if ([...PLATFORMS, ...others].includes(platform)) return platform
  throw new Impossible(`Unknown platform. Available platforms: ${PLATFORMS.join(', ')}`)
}
