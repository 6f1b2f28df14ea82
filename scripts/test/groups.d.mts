export function testFiles(folders?: readonly string[]): readonly string[]
export function groupedTests(
  paths?: readonly string[],
  alone?: (path: string) => boolean,
  size?: number,
): { readonly alone: readonly string[]; readonly groups: readonly (readonly string[])[] }
export function writeGroups(folders?: readonly string[]): readonly string[]
