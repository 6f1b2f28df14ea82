/**
 * Returns the schema of structured outputs as plain JSON; null for none. For an unusable schema, the result is that of `refuse`, which
 * gets the reason, a phrase that follows the schema's name. The libraries that check schemas are loaded for the first one.
 */
export async function checkedSchema<Refused>(
  schema: Readonly<Record<string, unknown>> | null | undefined,
  refuse: (reason: string) => Refused,
): Promise<Record<string, unknown> | null | Refused> {
  if (schema === null || schema === undefined) return null
  const { checkSchema, SchemaError } = await import('./structured-output.ts')
  try {
    return await checkSchema(schema)
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    return refuse(error.message)
  }
}
