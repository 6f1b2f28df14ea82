export function pytestPython(env?: NodeJS.ProcessEnv, root?: string): string
export function installedPytest(env?: NodeJS.ProcessEnv, root?: string): Promise<string>
