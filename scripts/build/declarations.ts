// Writes the published type declarations: one file with the types of src/index.ts. Types that follow from TypeBox's schemas are expanded, so
// users do not need the types of TypeBox. Every member has the doc text of its comment, or the `description` of its schema.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { openQuestions } from '../../src/fidelity/answers.ts'
import { Declarations } from './declarations/declare.ts'
import { commentText, Docs } from './declarations/docs.ts'
import { nameRecordLists } from './declarations/list-docs.ts'
import { Names } from './declarations/names.ts'
import { TypeText } from './declarations/type-text.ts'

/** The files of src whose names of types are published. */
const NAMING = /^(?:schemas|simulation|resources|state|fidelity|settings)\//

/** Writes the declarations into dist. They are CommonJS, which either kind of module may import; `index.d.ts` says the same for index.js. */
export function writeDeclarations(root: string): void {
  writeFileSync(join(root, 'dist/index.d.cts'), declarationsOf(root))
  writeFileSync(join(root, 'dist/index.d.ts'), "export * from './index.cjs'\n")
}

/** Returns the declarations of everything that src/index.ts exports, and of what that needs. */
export function declarationsOf(root: string): string {
  const program = programOf(root)
  const checker = program.getTypeChecker()
  const src = join(root, 'src/')
  const ownFiles = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(src))
  const isOwn = ({ declarations = [] }: ts.Symbol) =>
    declarations.some((declaration) => ownFiles.includes(declaration.getSourceFile()))
  const names = new Names(checker)
  const docs = new Docs(checker)
  const types = new TypeText(checker, { names, docs, isOwn })
  const declarations = new Declarations(checker, { names, docs, types, isOwn })

  const values = new Set<ts.Symbol>()
  const exported = new Set<string>()
  const entry = program.getSourceFile(join(src, 'index.ts')) as ts.SourceFile
  for (const one of checker.getExportsOfModule(checker.getSymbolAtLocation(entry) as ts.Symbol)) {
    const symbol = one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one
    if (!isTypeOnly(one)) values.add(symbol)
    exported.add(one.name)
    names.add(symbol, one.name)
  }
  for (const file of ownFiles) if (NAMING.test(file.fileName.slice(src.length))) names.addFile(file)

  const questions = openQuestions.map(({ name, question }): [string, string] => [name, sentence(question)])
  docs.describe(new Map([...nameRecordLists(program, src, { names, docs }), ...questions]))

  const texts: string[] = []
  const files = new Set<ts.SourceFile>()
  for (let next = names.next(); next !== undefined; next = names.next()) {
    const isExported = exported.has(next.name)
    const text =
      'type' in next
        ? `${commentText(next.doc)}type ${next.name} = ${types.structure(next.type)}`
        : declarations.of(next.symbol, { isValue: values.has(next.symbol) })
    if ('symbol' in next) for (const one of next.symbol.declarations ?? []) files.add(one.getSourceFile())
    texts.push(isExported ? text.replace(/^(?=(?:declare|interface|type) )/m, 'export ') : text)
  }
  // Without `export {}`, everything in a declaration file is exported.
  return `${[...globalsOf(files), ...texts, 'export {}'].join('\n\n')}\n`
}

function programOf(root: string): ts.Program {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined }
  const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.build.json'), {}, host)
  return ts.createProgram([join(root, 'src/index.ts')], config?.options ?? {})
}

/** Returns whether an export is only a type, as its export declaration says. */
function isTypeOnly({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some(
    (declaration) =>
      ts.isExportSpecifier(declaration) && (declaration.isTypeOnly || declaration.parent.parent.isTypeOnly),
  )
}

/** Returns what the files of published types declare globally. */
function globalsOf(files: ReadonlySet<ts.SourceFile>): string[] {
  return [...files].flatMap(({ statements }) =>
    statements.filter((one) => ts.isModuleDeclaration(one)).map((one) => one.getText()),
  )
}

/** Returns a question as a sentence of its own. */
function sentence(question: string): string {
  return `${question[0]?.toUpperCase()}${question.slice(1)}.`
}
