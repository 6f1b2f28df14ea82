export function readStripped(path: string): string | undefined
