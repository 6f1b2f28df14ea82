type Groups = readonly (readonly string[])[]

export function testFiles(folders?: readonly string[]): readonly string[]
export function groupedTests(
  paths?: readonly string[],
  alone?: (path: string) => boolean,
  sizes?: Readonly<Record<string, number>>,
  kind?: (path: string) => string,
): { readonly alone: readonly string[]; readonly groups: Readonly<Record<string, Groups>> }
export function writeGroups(folders?: readonly string[]): readonly string[]
