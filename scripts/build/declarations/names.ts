import ts from 'typescript'

/** A type to declare: one that the sources declare, or one that they only use, which got its name here. */
export type Named =
  | { readonly name: string; readonly symbol: ts.Symbol }
  | { readonly name: string; readonly type: ts.Type; readonly doc: string }

/** The names of the published types, and which of them are still to be declared. */
export class Names {
  readonly #checker: ts.TypeChecker
  readonly #names = new Map<ts.Symbol, string>()
  readonly #used = new Set<string>()
  /** The aliases of exported types and of object types, which appear by their names wherever they are used. */
  readonly #aliases = new Map<ts.Type, ts.Symbol>()
  /** The names of types that the sources do not name. */
  readonly #given = new Map<ts.Type, string>()
  readonly #left: Named[] = []

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker
  }

  /** Gives a symbol its name. Throws if another one has it. */
  add(symbol: ts.Symbol, name: string): void {
    this.#use(name)
    this.#names.set(symbol, name)
    this.#left.push({ name, symbol })
    if (symbol.flags & ts.SymbolFlags.TypeAlias) {
      this.#aliases.set(this.#checker.getDeclaredTypeOfSymbol(symbol), symbol)
    }
  }

  /** Gives a type a name that the sources do not name. */
  addType(type: ts.Type, name: string, doc: string): void {
    if (this.ofType(type) !== undefined) return
    this.#use(name)
    this.#given.set(type, name)
    this.#left.push({ name, type, doc })
  }

  /** Makes the types that a file exports known by their names, if they are objects or lists of names. */
  addFile(file: ts.SourceFile): void {
    for (const statement of file.statements) {
      if (!ts.isTypeAliasDeclaration(statement) || statement.typeParameters !== undefined) continue
      if (!(ts.getCombinedModifierFlags(statement) & ts.ModifierFlags.Export)) continue
      const symbol = this.#checker.getSymbolAtLocation(statement.name) as ts.Symbol
      const type = this.#checker.getDeclaredTypeOfSymbol(symbol)
      if (isWorthAName(type) && !this.#aliases.has(type)) this.#aliases.set(type, symbol)
    }
  }

  /** Returns the name of a symbol, and has it declared. A class whose name is taken gets another one. */
  of(symbol: ts.Symbol): string {
    const known = this.#names.get(symbol)
    if (known !== undefined) return known
    const isTaken = symbol.flags & ts.SymbolFlags.Class && this.#used.has(symbol.name)
    const name = isTaken ? `${symbol.name}Controls` : symbol.name
    this.add(symbol, name)
    return name
  }

  /** Returns the name of a type, and has it declared; undefined if it has no name. */
  ofType(type: ts.Type): string | undefined {
    const alias = this.#aliases.get(type)
    return alias === undefined ? this.#given.get(type) : this.of(alias)
  }

  /** Takes the next type to declare. */
  next(): Named | undefined {
    return this.#left.shift()
  }

  #use(name: string): void {
    if (this.#used.has(name)) throw new Error(`two published types are called ${name}`)
    this.#used.add(name)
  }
}

function isWorthAName(type: ts.Type): boolean {
  if (!type.isUnion()) return (type.flags & ts.TypeFlags.Object) !== 0
  return type.types.length > 2 && type.types.every((one) => one.isStringLiteral())
}
