export function builtPackage(root: string): string
export function hashOfSources(root: string): string
