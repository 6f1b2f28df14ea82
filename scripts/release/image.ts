// The folder that `docker build` gets for a release: the sources that the build reads, and a Dockerfile with the base image's digest and
// the labels of the OCI image specification.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Manifest } from './repository.ts'

/** Matches the base image of a stage. */
const FROM = /^FROM (\S+)/gm

/** Returns the reference of the base image, with its digest, from scripts/release/base.dockerfile. */
export function baseImageIn(dockerfile: string): string {
  const [[, image = ''] = []] = dockerfile.matchAll(FROM)
  if (!/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/.test(image)) throw new Error(`${image} has no tag and digest`)
  return image
}

/** Returns a Dockerfile whose stages start from `image`. Throws if they name another image or tag. */
export function withBaseImage(dockerfile: string, image: string): string {
  const [name] = image.split('@')
  for (const [, base] of dockerfile.matchAll(FROM)) {
    if (base !== name)
      throw new Error(`the Dockerfile has the base ${base}, scripts/release/base.dockerfile ${name}`)
  }
  return dockerfile.replaceAll(FROM, `FROM ${image}`)
}

/** Returns the labels of the image, by the annotations that the OCI image specification defines. */
export function labelsOf(
  { name, version, description, license }: Manifest,
  { repository, revision, image }: { repository: string; revision: string; image: string },
): Record<string, string> {
  const [baseName = '', digest = ''] = image.split('@')
  const labels = {
    title: name,
    description,
    version,
    revision,
    licenses: license,
    source: repository,
    url: repository,
    documentation: `${repository}/blob/v${version}/docs/docker.md`,
    'base.name': `docker.io/library/${baseName}`,
    'base.digest': digest,
  }
  return Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [`org.opencontainers.image.${key}`, value]),
  )
}

/** Returns a Dockerfile with labels at its end, so that another version or revision rebuilds nothing. */
export function withLabels(dockerfile: string, labels: Record<string, string>): string {
  const quoted = Object.entries(labels).map(
    ([name, value]) => `  ${name}="${value.replaceAll(/["\\$]/g, '\\$&')}"`,
  )
  return `${dockerfile.trimEnd()}\nLABEL \\\n${quoted.join(' \\\n')}\n`
}

/** Returns the paths that .dockerignore lets through. It excludes everything first, so that what is built is listed. */
export function contextPaths(dockerignore: string): string[] {
  const [first, ...rest] = dockerignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  if (first !== '*' || rest.some((line) => !/^![\w./-]+$/.test(line)))
    throw new Error('.dockerignore is not * and a list of exceptions')
  return rest.map((line) => line.slice(1))
}

/** Copies what `docker build` reads, the Dockerfile and .dockerignore included, into an empty folder. */
export function copyContext(root: string, folder: string): void {
  const paths = contextPaths(readFileSync(join(root, '.dockerignore'), 'utf8'))
  for (const path of [...paths, '.dockerignore', 'Dockerfile']) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    cpSync(join(root, path), join(folder, path), { recursive: true })
  }
}

/** Replaces the Dockerfile of a folder by the one that a release is built with. Returns the labels. */
export function pinDockerfile(
  folder: string,
  manifest: Manifest,
  { repository, revision, image }: { repository: string; revision: string; image: string },
): Record<string, string> {
  const path = join(folder, 'Dockerfile')
  const labels = labelsOf(manifest, { repository, revision, image })
  writeFileSync(path, withLabels(withBaseImage(readFileSync(path, 'utf8'), image), labels))
  return labels
}
