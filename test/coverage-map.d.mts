export function isMeasured(path: string): boolean
export default function covered(path: string): readonly string[] | null
