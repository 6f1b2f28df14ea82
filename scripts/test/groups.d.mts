type Groups = readonly (readonly string[])[]

export function testFiles(folders?: readonly string[]): readonly string[]
export function groupedTests(
  paths?: readonly string[],
  alone?: (path: string) => boolean,
  size?: number,
  measured?: (path: string) => boolean,
): {
  readonly alone: readonly string[]
  readonly measured: Groups
  readonly others: Groups
  readonly pages: Groups
}
export function writeGroups(folders?: readonly string[]): readonly string[]
