import ts from 'typescript'
import { commentText, type Docs } from './docs.ts'
import type { Names } from './names.ts'

/** Writes types as TypeScript. Types with a name appear by it, and members of other objects with their doc texts. */
export class TypeText {
  readonly #checker: ts.TypeChecker
  readonly #names: Names
  readonly #docs: Docs
  readonly #isOwn: (symbol: ts.Symbol) => boolean

  constructor(
    checker: ts.TypeChecker,
    {
      names,
      docs,
      isOwn,
    }: { readonly names: Names; readonly docs: Docs; readonly isOwn: (symbol: ts.Symbol) => boolean },
  ) {
    this.#checker = checker
    this.#names = names
    this.#docs = docs
    this.#isOwn = isOwn
  }

  /** Returns the text of a type: its name, or its structure. */
  of(type: ts.Type, indent = ''): string {
    return this.#names.ofType(type) ?? this.structure(type, indent)
  }

  /** Returns the text of a type without the use of its own name. */
  structure(type: ts.Type, indent = ''): string {
    if (type.isUnion()) return this.#union(type, indent)
    if (type.isIntersection() || type.flags & ts.TypeFlags.Object) return this.#object(type, indent)
    return this.#checker.typeToString(type)
  }

  #union(union: ts.UnionType, indent: string): string {
    const isNothing = (type: ts.Type) => (type.flags & NOTHING) !== 0
    const given = this.#checker.getNonNullableType(union)
    const name = given === union ? undefined : this.#names.ofType(given)
    const values = name === undefined ? union.types.filter((type) => !isNothing(type)) : []
    const nothing = union.types.filter((type) => isNothing(type) && !this.#isMissing(type))
    const texts = [name ?? '', ...[...values, ...nothing].map((type) => this.of(type, indent))]
    const isBoolean = texts.includes('true') && texts.includes('false')
    const merged = texts.map((text) => (isBoolean && /^(?:true|false)$/.test(text) ? 'boolean' : text))
    return [...new Set(merged)].filter((text) => text !== '').join(' | ')
  }

  /** Returns whether a type is the `undefined` that stands for a missing member. */
  #isMissing(type: ts.Type): boolean {
    return (type.flags & ts.TypeFlags.Undefined) !== 0 && type !== this.#checker.getUndefinedType()
  }

  #object(type: ts.Type, indent: string): string {
    if (this.#checker.isArrayType(type)) return this.#array(type as ts.TypeReference, indent)
    const symbol = type.getSymbol()
    if (symbol !== undefined && symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) {
      return this.#reference(type as ts.TypeReference, symbol, indent)
    }
    if (type.getCallSignatures().length > 0)
      throw new Error(`${this.#checker.typeToString(type)} is a function`)
    const [index] = this.#checker.getIndexInfosOfType(type)
    const properties = this.#checker.getPropertiesOfType(type)
    if (index === undefined) return this.#members(properties, indent)
    if (properties.length > 0)
      throw new Error(`${this.#checker.typeToString(type)} has members of both kinds`)
    return `Record<${this.of(index.keyType)}, ${this.of(index.type, indent)}>`
  }

  #array(type: ts.TypeReference, indent: string): string {
    const [item] = this.#checker.getTypeArguments(type)
    const text = this.of(item as ts.Type, indent)
    const isReadonly = type.target.symbol.name === 'ReadonlyArray'
    return `${isReadonly ? 'readonly ' : ''}${text.includes(' | ') && !text.startsWith('{') ? `(${text})` : text}[]`
  }

  #reference(type: ts.TypeReference, symbol: ts.Symbol, indent: string): string {
    const name = this.#isOwn(symbol) ? this.#names.of(symbol) : symbol.name
    const texts = this.#checker.getTypeArguments(type).map((argument) => this.of(argument, indent))
    return texts.length === 0 ? name : `${name}<${texts.join(', ')}>`
  }

  #members(properties: readonly ts.Symbol[], indent: string): string {
    const inner = `${indent}  `
    const texts = inOrder(properties).map((property) => {
      const doc = commentText(this.#docs.of(property), inner)
      return `${doc}${inner}${this.#property(property, inner)}\n`
    })
    return texts.length === 0 ? '{}' : `{\n${texts.join('')}${indent}}`
  }

  #property(property: ts.Symbol, indent: string): string {
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0
    const isReadonly = property.declarations?.some(
      (declaration) => ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Readonly,
    )
    const type = this.#checker.getTypeOfSymbol(property)
    const text = this.#isMissing(type) ? 'never' : this.of(type, indent)
    // JSON omits such members, so callers with `exactOptionalPropertyTypes` need not do so themselves.
    const isAnything = /^(?:never|unknown)$|\| undefined$/.test(text)
    const missing = isOptional && !isAnything ? ' | undefined' : ''
    const name = /^\w+$/.test(property.name) ? property.name : JSON.stringify(property.name)
    return `${isReadonly ? 'readonly ' : ''}${name}${isOptional ? '?' : ''}: ${text}${missing}`
  }
}

const NOTHING = ts.TypeFlags.Null | ts.TypeFlags.Undefined

/** Returns members in the order in which they are written. The checker has the optional ones last. */
function inOrder(properties: readonly ts.Symbol[]): readonly ts.Symbol[] {
  const place = ({ declarations: [first] = [] }: ts.Symbol) => first?.pos ?? 0
  const file = ({ declarations: [first] = [] }: ts.Symbol) => first?.getSourceFile().fileName ?? ''
  const files = [...new Set(properties.map(file))]
  return [...properties].sort(
    (a, b) => files.indexOf(file(a)) - files.indexOf(file(b)) || place(a) - place(b),
  )
}
