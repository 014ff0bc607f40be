// Writes lib/**/index.mts: the names that `import` sees, read from the index.ts beside it. `--check` only compares.
// Every subpath in package.json's exports has such a pair; ESM re-exports CommonJS, so there is one instance of
// everything.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const isOnlyCheck = process.argv.includes('--check')

/** Names of the values that a module exports; `isolatedModules` makes types recognisable without a type checker. */
function valuesOf(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest)
  return source.statements.flatMap((statement) => {
    if (isInternal(statement, source)) return []
    if (ts.isExportDeclaration(statement)) return statement.isTypeOnly ? [] : reexported(statement, file)
    const isExported = ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(isExport)
    return isExported ? declared(statement) : []
  })
}

/** True for what published types do not have; the subpaths take it from the CommonJS file. */
const isInternal = (statement, { text }) => /^\s*\/\*\* @internal/.test(text.slice(statement.pos, statement.end))

const isExport = (modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword

function reexported({ exportClause, moduleSpecifier }, file) {
  if (!exportClause) return valuesOf(resolve(dirname(file), moduleSpecifier.text))
  if (ts.isNamespaceExport(exportClause)) return [exportClause.name.text]
  return exportClause.elements.filter((element) => !element.isTypeOnly).map((element) => element.name.text)
}

function declared(statement) {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => bound(name))
  const isValue =
    ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement)
  return isValue ? [statement.name.text] : []
}

function bound(name) {
  return ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => (element.name ? bound(element.name) : []))
}

function resolve(folder, specifier) {
  const path = join(folder, specifier.replace(/\.js$/, ''))
  return [`${path}.ts`, join(path, 'index.ts')].find(existsSync)
}

function entry(names) {
  const list = [...new Set(names)].sort().map((name) => `  ${name}`)
  return `// Written by scripts/exports.mjs.\nexport type * from './index.js'\nexport {\n${list.join(',\n')}\n} from './index.js'\n`
}

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
for (const subpath of Object.keys(exports).filter((key) => !key.endsWith('.json'))) {
  const file = join(root, 'lib', subpath, 'index.mts')
  const text = entry(valuesOf(file.replace(/mts$/, 'ts')))
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  if (isOnlyCheck) {
    console.error(`lib/${join(subpath, 'index.mts')} is out of date: run npm run build:ts`)
    process.exitCode = 1
  } else {
    writeFileSync(file, text)
  }
}
