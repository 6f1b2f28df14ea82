import ts from 'typescript'

/** A comment that only refers to another declaration. */
const REFERENCE = /^\{@link \w+\}$/

/** Finds the doc text of a symbol: its comment, or the description of the schema that it is given. */
export class Docs {
  readonly #checker: ts.TypeChecker
  #undeclared: ReadonlyMap<string, string> = new Map()

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
  }

  /** Sets the doc texts of members without a declaration, which mapped types have, by their names. */
  describe(members: ReadonlyMap<string, string>): void {
    this.#undeclared = members
  }

  /** Returns the doc text, without the marks of a comment. Empty if there is none. */
  of(symbol: ts.Symbol): string {
    if (symbol.declarations === undefined) return this.#undeclared.get(symbol.name) ?? ''
    for (const declaration of symbol.declarations) {
      const text = commentOf(declaration) || this.#descriptionOf(initializerOf(declaration))
      if (text !== '') return text
    }
    return ''
  }

  #descriptionOf(schema: ts.Expression | undefined): string {
    if (schema === undefined) return ''
    if (ts.isIdentifier(schema)) return this.#constantDoc(schema)
    if (!ts.isCallExpression(schema)) return ''
    const found = schema.arguments.flatMap((argument) => {
      if (ts.isCallExpression(argument)) return this.#descriptionOf(argument)
      return ts.isObjectLiteralExpression(argument) ? ownDescriptionOf(argument) : ''
    })
    return found.findLast((text) => text !== '') ?? ''
  }

  /** Returns the doc text of a shared schema, from its declaration. */
  #constantDoc(name: ts.Identifier): string {
    const isShorthand = ts.isShorthandPropertyAssignment(name.parent)
    const found = isShorthand
      ? this.#checker.getShorthandAssignmentValueSymbol(name.parent)
      : this.#checker.getSymbolAtLocation(name)
    if (found === undefined) return ''
    return this.of(found.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(found) : found)
  }
}

/** Returns a doc text as a comment with its line break, or nothing. */
export function commentText(text: string, indent = ''): string {
  if (text === '') return ''
  const lines = text.split('\n')
  if (lines.length === 1) return `${indent}/** ${text} */\n`
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */\n`].join(
    '\n',
  )
}

function commentOf(declaration: ts.Declaration): string {
  const comments = ts
    .getJSDocCommentsAndTags(declaration)
    .map((comment) => plain(ts.getTextOfJSDocComment(comment.comment) ?? ''))
  return comments.find((text) => text !== '') ?? ''
}

/** Links to code that is not published are useless to readers, so links become names. */
function plain(comment: string): string {
  return REFERENCE.test(comment.trim()) ? '' : comment.trim().replaceAll(/\{@link (\w+)\}/g, '`$1`')
}

function initializerOf(declaration: ts.Declaration): ts.Expression | undefined {
  if (ts.isTypeAliasDeclaration(declaration)) return schemaOf(declaration.type)
  if (ts.isShorthandPropertyAssignment(declaration)) return declaration.name
  if (ts.isPropertyAssignment(declaration) || ts.isVariableDeclaration(declaration)) {
    return declaration.initializer
  }
  return undefined
}

/** Returns the schema that a type follows from: `X` of `Static<typeof X>`. */
function schemaOf(type: ts.TypeNode): ts.Expression | undefined {
  if (ts.isTypeQueryNode(type) && ts.isIdentifier(type.exprName)) return type.exprName
  return ts.isTypeReferenceNode(type) ? type.typeArguments?.map(schemaOf).find(Boolean) : undefined
}

/** Returns the text of `description` in the options of a schema. */
function ownDescriptionOf(options: ts.ObjectLiteralExpression): string {
  for (const member of options.properties) {
    if (!ts.isPropertyAssignment(member) || member.name.getText() !== 'description') continue
    if (ts.isStringLiteralLike(member.initializer)) return member.initializer.text
  }
  return ''
}
