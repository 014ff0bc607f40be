// Writes lib/surface.ts: what `dyngrad` exports and which methods a Tensor has, from the declarations of public functions in lib/ops.
// `--check` only compares.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'lib', 'surface.ts')
const isOnlyCheck = process.argv.includes('--check')

// What declares a public function; its first argument is the signature, or it joins several functions of one name.
const definers = new Set(['declare', 'overload', 'pointwise', 'inPlace', 'row'])
const places = ['torch', 'Tensor', 'nn.functional', 'nn.init', 'linalg', 'special', 'autograd']

const isPlaces = (node) =>
  ts.isArrayLiteralExpression(node) &&
  node.elements.length > 0 &&
  node.elements.every((each) => ts.isStringLiteral(each) && places.includes(each.text))

/** Where PyTorch has a function: a list among the arguments, or `places` in the last; else as lib/declare.ts says. */
function placesOf(call, name) {
  for (const argument of call.arguments) {
    if (isPlaces(argument)) return argument.elements.map(({ text }) => text)
    if (!ts.isObjectLiteralExpression(argument)) {
      if (ts.isCallExpression(argument) && definers.has(argument.expression.getText())) return placesOf(argument, name)
      continue
    }
    const given = argument.properties.find((each) => each.name?.getText() === 'places')
    if (given !== undefined) return given.initializer.elements.map(({ text }) => text)
  }
  return name.endsWith('_') ? ['Tensor'] : ['torch', 'Tensor']
}

function documentation(statement) {
  const [comment] = ts.getJSDocCommentsAndTags(statement)
  return comment === undefined ? '' : comment.getText()
}

/** The public functions that a file declares. */
function declarationsOf(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  return source.statements.flatMap((statement) => {
    if (!ts.isVariableStatement(statement) || !statement.modifiers?.length) return []
    const [{ name, initializer }] = statement.declarationList.declarations
    if (initializer === undefined || !ts.isCallExpression(initializer)) return []
    if (!definers.has(initializer.expression.getText())) return []
    return [
      { name: name.text, file, places: placesOf(initializer, name.text), documentation: documentation(statement) }
    ]
  })
}

const folder = join(root, 'lib', 'ops')
const files = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join(folder, file))
const found = files.flatMap(declarationsOf).sort((a, b) => (a.name < b.name ? -1 : 1))

const moduleOf = (file) => `./${relative(join(root, 'lib'), file).replace(/\.ts$/, '')}`
const namespaceOf = (file) => basename(file, '.ts').replace(/-(.)/g, (_, letter) => letter.toUpperCase())

function text() {
  const functions = found.filter((each) => each.places.includes('torch'))
  const methods = found.filter((each) => each.places.includes('Tensor'))
  const imports = files.filter((file) => methods.some((each) => each.file === file))
  const exported = files
    .map((file) => ({ file, names: functions.filter((each) => each.file === file).map(({ name }) => name) }))
    .filter(({ names }) => names.length > 0)
  return [
    '// Written by scripts/surface.mjs from the declarations in lib/ops.',
    '',
    ...files.filter((file) => found.some((each) => each.file === file)).map((file) => `import '${moduleOf(file)}'`),
    "import type { Method } from './declare'",
    ...imports.map((file) => `import type * as ${namespaceOf(file)} from '${moduleOf(file)}'`),
    '',
    ...exported.map(
      ({ file, names }) => `export {\n${names.map((name) => `  ${name}`).join(',\n')}\n} from '${moduleOf(file)}'`
    ),
    '',
    "declare module './tensor' {",
    '  interface Tensor {',
    ...methods.flatMap(({ name, file, documentation }) => [
      ...(documentation === '' ? [] : [`    ${documentation.replaceAll('\n', '\n    ')}`]),
      `    readonly ${name}: Method<typeof ${namespaceOf(file)}.${name}>`
    ]),
    '  }',
    '}',
    ''
  ].join('\n')
}

if (isOnlyCheck) {
  if (readFileSync(target, 'utf8') !== text()) {
    console.error('lib/surface.ts is out of date: run npm run surface')
    process.exitCode = 1
  }
} else writeFileSync(target, text())
