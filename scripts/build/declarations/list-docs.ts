import ts from 'typescript'
import type { Docs } from './docs.ts'
import type { Names } from './names.ts'

/** A list of records in state documents. */
interface RecordList {
  readonly name: string
  /** The doc text of the declaration of the kind of record. */
  readonly doc: string
}

/**
 * Gives names to the documents of records, e.g. `SecretDocument` for those of the list `secrets`, and returns the doc texts of the lists.
 * The type of an organization's document has its lists from a mapped type, which has no place for either.
 */
export function nameRecordLists(
  program: ts.Program,
  src: string,
  { names, docs }: { readonly names: Names; readonly docs: Docs },
): ReadonlyMap<string, string> {
  const checker = program.getTypeChecker()
  const lists = new Map(recordListsOf(program, src, docs).map(({ name, doc }) => [name, doc]))
  const organization = typeNamed(
    'OrganizationDocument',
    program.getSourceFile(`${src}state/schema.ts`),
    checker,
  )
  for (const [name, doc] of lists) {
    const list = checker.getNonNullableType(
      checker.getTypeOfSymbol(organization.getProperty(name) as ts.Symbol),
    )
    const [item] = checker.getTypeArguments(list as ts.TypeReference)
    names.addType(item as ts.Type, `${pascalCase(singular(name))}Document`, doc)
  }
  return lists
}

function recordListsOf(program: ts.Program, src: string, docs: Docs): RecordList[] {
  const checker = program.getTypeChecker()
  const index = program.getSourceFile(`${src}resources/index.ts`) as ts.SourceFile
  const resources = checker
    .getExportsOfModule(checker.getSymbolAtLocation(index) as ts.Symbol)
    .find(({ name }) => name === 'resources') as ts.Symbol
  return checker.getPropertiesOfType(checker.getTypeOfSymbol(resources)).map((resource) => {
    const name = checker.getTypeOfSymbol(resource).getProperty('name') as ts.Symbol
    return { name: (checker.getTypeOfSymbol(name) as ts.StringLiteralType).value, doc: docs.of(resource) }
  })
}

function typeNamed(name: string, file: ts.SourceFile | undefined, checker: ts.TypeChecker): ts.Type {
  const alias = file?.statements.find((one) => ts.isTypeAliasDeclaration(one) && one.name.text === name)
  return checker.getTypeAtLocation(alias as ts.TypeAliasDeclaration)
}

function singular(name: string): string {
  return name.replace(/(?<=index)es$|(?<!setting)s$/, '')
}

function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
