import ts from 'typescript'
import { commentText, type Docs } from './docs.ts'
import type { Names } from './names.ts'
import type { TypeText } from './type-text.ts'

/** Writes the declarations of symbols: interfaces, classes and functions as they are written, other types expanded. */
export class Declarations {
  readonly #checker: ts.TypeChecker
  readonly #names: Names
  readonly #docs: Docs
  readonly #types: TypeText
  readonly #isOwn: (symbol: ts.Symbol) => boolean

  constructor(
    checker: ts.TypeChecker,
    parts: {
      readonly names: Names
      readonly docs: Docs
      readonly types: TypeText
      readonly isOwn: (symbol: ts.Symbol) => boolean
    },
  ) {
    this.#checker = checker
    this.#names = parts.names
    this.#docs = parts.docs
    this.#types = parts.types
    this.#isOwn = parts.isOwn
  }

  /** Returns the declaration of a symbol. A class is published as an interface, unless its constructor is exported. */
  of(symbol: ts.Symbol, { isValue }: { readonly isValue: boolean }): string {
    const name = this.#names.of(symbol)
    const doc = commentText(this.#docs.of(symbol))
    const declaration = symbol.declarations?.find((one) => !ts.isVariableDeclaration(one))
    if (declaration === undefined) throw new Error(`${name} has no declaration`)
    if (ts.isFunctionDeclaration(declaration))
      return `${doc}declare function ${name}${this.#signature(declaration)}`
    if (ts.isInterfaceDeclaration(declaration)) {
      return `${doc}interface ${name}${this.#heritage(declaration)} ${this.#members(declaration)}`
    }
    if (ts.isClassDeclaration(declaration)) {
      const keyword = isValue ? 'declare class' : 'interface'
      return `${doc}${keyword} ${name}${this.#heritage(declaration)} ${this.#members(declaration, isValue)}`
    }
    if (ts.isTypeAliasDeclaration(declaration)) return `${doc}type ${name} = ${this.#alias(declaration)}`
    throw new Error(`${name} is neither a function nor a type`)
  }

  /** Returns a conditional type, which depends on the project that uses it, and literals as they are written. Expands other types. */
  #alias({ name, type }: ts.TypeAliasDeclaration): string {
    const isKept = ts.isConditionalTypeNode(type) || this.#isLiteral(type)
    return isKept ? this.#text(type) : this.#types.structure(this.#checker.getTypeAtLocation(name))
  }

  /** Returns whether a type is a literal, or a union of literals. */
  #isLiteral(type: ts.TypeNode): boolean {
    if (ts.isUnionTypeNode(type)) return type.types.every((one) => this.#isLiteral(one))
    return ts.isLiteralTypeNode(type)
  }

  #heritage({ heritageClauses }: ts.InterfaceDeclaration | ts.ClassDeclaration): string {
    return [...(heritageClauses ?? [])]
      .map((clause) => ` ${this.#text(clause as unknown as ts.Node)}`)
      .join('')
  }

  #members(declaration: ts.InterfaceDeclaration | ts.ClassDeclaration, isValue = false): string {
    const texts = declaration.members.flatMap((member) => {
      if (ts.isConstructorDeclaration(member)) {
        return isValue ? `  constructor${this.#signature(member)}\n` : []
      }
      if (member.name === undefined || ts.isPrivateIdentifier(member.name)) return []
      const symbol = this.#checker.getSymbolAtLocation(member.name) as ts.Symbol
      return `${commentText(this.#docs.of(symbol), '  ')}  ${this.#member(member)}\n`
    })
    return `{\n${texts.join('')}}`
  }

  #member(member: ts.TypeElement | ts.ClassElement): string {
    if (ts.isMethodDeclaration(member)) return `${member.name.getText()}${this.#signature(member)}`
    if (!ts.isPropertyDeclaration(member)) return this.#text(member)
    const isReadonly = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Readonly
    const type = this.#checker.getTypeAtLocation(member)
    return `${isReadonly ? 'readonly ' : ''}${member.name.getText()}: ${this.#types.of(type)}`
  }

  #signature({ parameters, type }: ts.SignatureDeclaration): string {
    const texts = parameters.map((parameter) => {
      const name = ts.isIdentifier(parameter.name) ? parameter.name.text : 'options'
      const isOptional = parameter.initializer !== undefined || parameter.questionToken !== undefined
      return `${name}${isOptional ? '?' : ''}: ${this.#text(parameter.type as ts.TypeNode)}`
    })
    return `(${texts.join(', ')})${type === undefined ? '' : `: ${this.#text(type)}`}`
  }

  /** Returns the text of a node as it is written, with the published names of the types in it. */
  #text(node: ts.Node): string {
    const start = node.getStart()
    const edits: { readonly at: number; readonly end: number; readonly text: string }[] = []
    const edit = (part: ts.Node, text: string) => edits.push({ at: part.getStart(), end: part.end, text })
    const visit = (part: ts.Node): void => {
      if (ts.isIndexedAccessTypeNode(part)) {
        edit(part, this.#types.of(this.#checker.getTypeFromTypeNode(part), '  '))
        return
      }
      if (ts.isTypeReferenceNode(part)) this.#rename(part.typeName, edit)
      if (ts.isExpressionWithTypeArguments(part)) this.#rename(part.expression, edit)
      ts.forEachChild(part, visit)
    }
    visit(node)
    let text = ''
    let at = start
    for (const one of edits) {
      text += node.getSourceFile().text.slice(at, one.at) + one.text
      at = one.end
    }
    return text + node.getSourceFile().text.slice(at, node.end)
  }

  #rename(name: ts.Node, edit: (part: ts.Node, text: string) => void): void {
    const found = this.#checker.getSymbolAtLocation(name)
    if (found === undefined) throw new Error(`${name.getText()} is unknown`)
    const symbol = found.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(found) : found
    if (symbol.flags & ts.SymbolFlags.TypeParameter || !this.#isOwn(symbol)) return
    edit(name, this.#names.of(symbol))
  }
}
