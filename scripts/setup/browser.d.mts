export function browserPath(env?: NodeJS.ProcessEnv): string
export function installedBrowser(env?: NodeJS.ProcessEnv): Promise<string>
