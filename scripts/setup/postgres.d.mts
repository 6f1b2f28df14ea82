export function postgresBin(env?: NodeJS.ProcessEnv, root?: string): string
export function installedPostgres(env?: NodeJS.ProcessEnv, root?: string): Promise<string>
