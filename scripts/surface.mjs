// Writes what follows from the declarations of public functions in lib/: lib/surface.ts, what `dyngrad` exports and which methods a Tensor
// has; docs/api.md, the list of all of it; and lib/signature/labels.ts, the names of parameters. `--check` only compares.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const isOnlyCheck = process.argv.includes('--check')

// What declares a public function; its first argument is the signature, or it joins several functions of one name.
const definers = new Set(['declare', 'overload', 'pointwise', 'inPlace', 'rowProgram'])
const places = ['torch', 'Tensor', 'nn.functional', 'nn.init', 'linalg', 'special', 'autograd']

const isPlaces = (node) =>
  ts.isArrayLiteralExpression(node) &&
  node.elements.length > 0 &&
  node.elements.every((each) => ts.isStringLiteral(each) && places.includes(each.text))

/** Where PyTorch has a function: a list among the arguments, or `places` in an object; else as lib/declare.ts says. */
function placesOf(call, name) {
  for (const argument of call.arguments) {
    if (isPlaces(argument)) return argument.elements.map(({ text }) => text)
    if (!ts.isObjectLiteralExpression(argument)) continue
    const given = argument.properties.find((each) => each.name?.getText() === 'places')
    if (given !== undefined) return given.initializer.elements.map(({ text }) => text)
  }
  return name.endsWith('_') ? ['Tensor'] : ['torch', 'Tensor']
}

function documentation(statement) {
  const [comment] = ts.getJSDocCommentsAndTags(statement)
  return comment === undefined ? '' : comment.getText()
}

/** The texts of signatures below a node: `sum(input: Tensor, ...)`. */
function signaturesIn(node) {
  if (ts.isStringLiteralLike(node)) return /^\w+\(.*\)$/.test(node.text) ? [node.text] : []
  return ts.isCallExpression(node) ? node.arguments.flatMap(signaturesIn) : []
}

/** The public functions that a file declares. */
function declarationsOf(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  return source.statements.flatMap((statement) => {
    if (!ts.isVariableStatement(statement) || !statement.modifiers?.length) return []
    const [{ name, initializer: given }] = statement.declarationList.declarations
    const initializer = given !== undefined && ts.isAsExpression(given) ? given.expression : given
    if (initializer === undefined || !ts.isCallExpression(initializer)) return []
    if (!definers.has(initializer.expression.getText())) return []
    return [
      {
        name: name.text,
        file,
        places: placesOf(initializer, name.text),
        documentation: documentation(statement),
        signatures: signaturesIn(initializer),
        inPlaceOf: initializer.expression.getText() === 'inPlace' ? initializer.arguments[0].getText() : null
      }
    ]
  })
}

const filesOf = (folder) =>
  readdirSync(join(root, 'lib', folder))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(root, 'lib', folder, file))
const byName = (a, b) => (a.name < b.name ? -1 : 1)

const files = filesOf('ops')
const found = files.flatMap(declarationsOf).sort(byName)

// As `inPlace` in lib/ops/define/functions.ts has it.
for (const each of found.filter(({ inPlaceOf }) => inPlaceOf !== null)) {
  const { signatures } = found.find(({ name }) => name === each.inPlaceOf)
  each.signatures = signatures.map((text) =>
    text.replace(', inplace: bool = false', '').replace(/^(\w+)\((\w+): \w+/, '$1_($2: Tensor')
  )
}

/** The method that a signature names; a constant has another name where two functions share one. */
const methodOf = ([text], name) => text?.slice(0, text.indexOf('(')) ?? name

const moduleOf = (file) => `./${relative(join(root, 'lib'), file).replace(/\.ts$/, '')}`
const namespaceOf = (file) => basename(file, '.ts').replace(/-(.)/g, (_, letter) => letter.toUpperCase())

function surface() {
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
    ...methods.flatMap(({ name, file, documentation, signatures }) => [
      ...(documentation === '' ? [] : [`    ${documentation.replaceAll('\n', '\n    ')}`]),
      `    readonly ${methodOf(signatures, name)}: Method<typeof ${namespaceOf(file)}.${name}>`
    ]),
    '  }',
    '}',
    ''
  ].join('\n')
}

/** The classes of a file whose constructor reads its arguments by a signature. */
function classesOf(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  const texts = new Map()
  const visit = (node) => {
    if (ts.isNewExpression(node) && node.expression.getText() === 'Signature') {
      const [text] = node.arguments.flatMap(signaturesIn)
      if (text !== undefined) texts.set(text.slice(0, text.indexOf('(')), text)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return source.statements
    .filter((statement) => ts.isClassDeclaration(statement) && texts.has(statement.name?.text))
    .map((statement) => ({
      name: statement.name.text,
      documentation: documentation(statement),
      signatures: [texts.get(statement.name.text)]
    }))
}

const cell = (text) => text.replaceAll('|', '\\|')

/** The text of a documentation comment, on one line. */
const prose = (comment) =>
  comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .replace(/^ *\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim()

const row = ({ signatures, documentation: comment }) =>
  `| ${signatures.map((text) => `\`${cell(text)}\``).join('<br>')} | ${cell(prose(comment))} |`

const section = (title, entries) =>
  entries.length === 0 ? [] : [`## ${title}`, '', '| call | what it does |', '| --- | --- |', ...entries.map(row), '']

function list() {
  const all = [...found, ...filesOf('nn').flatMap(declarationsOf)].sort(byName)
  const at = (place) => all.filter((each) => each.places.includes(place))
  const methods = at('Tensor')
  return [
    '# Functions, methods and classes',
    '',
    'Written by `npm run surface` from the declarations. Every parameter goes in its order or by keyword, in one last object: `x.sum(1, true)`',
    'and `x.sum({ dim: 1, keepdim: true })` are the same. What stands behind `*` goes by keyword only. Kinds: `int`, `float`, `bool`, `str`,',
    '`int[]` a list, `int...` a list or numbers one after the other, `?` may be null, `a|b` one of both, `operand` a tensor or a number,',
    '`scalar` a number, boolean or BigInt.',
    '',
    ...section(
      'dyngrad',
      at('torch').filter((each) => !each.places.includes('Tensor'))
    ),
    ...section(
      'dyngrad, and methods of Tensor (`input` is `this`)',
      methods.filter((each) => each.places.includes('torch'))
    ),
    ...section(
      'Methods of Tensor only',
      methods.filter((each) => !each.places.includes('torch'))
    ),
    ...['nn.functional', 'nn.init', 'linalg', 'special'].flatMap((place) => section(place, at(place))),
    ...section('nn', filesOf('nn').flatMap(classesOf).sort(byName)),
    ...section('optim', filesOf('optim').flatMap(classesOf).sort(byName))
  ].join('\n')
}

const isSignature = /(["'`])\w+\(((?:\w+: [^"'`\n]+?)?)\)\1/g

/** Names of the parameters of all signatures in lib/. */
function parameterNames() {
  const names = new Set()
  for (const file of readdirSync(join(root, 'lib'), { recursive: true }).filter((each) => each.endsWith('.ts'))) {
    for (const [, , inner] of readFileSync(join(root, 'lib', file), 'utf8').matchAll(isSignature))
      for (const [, name] of inner.matchAll(/(?:^|, )(\w+): /g)) names.add(name)
  }
  return [...names].sort()
}

const labels = () =>
  [
    '// Written by scripts/surface.mjs from the signatures in lib/. TypeScript gives a position of a tuple no name but one that stands in the',
    '// source, so that editors show `dim` instead of `args_1`.',
    '',
    '/** A tuple of one for each name of a parameter. */',
    'export interface Labels {',
    ...parameterNames().map((name) => `  ${name}: [${name}: unknown]`),
    '}',
    ''
  ].join('\n')

for (const [path, text] of [
  [join('lib', 'signature', 'labels.ts'), labels()],
  [join('lib', 'surface.ts'), surface()],
  [join('docs', 'api.md'), list()]
]) {
  const target = join(root, path)
  // A copy of the sources may have no docs.
  if (!existsSync(dirname(target))) continue
  if (existsSync(target) && readFileSync(target, 'utf8') === text) continue
  if (isOnlyCheck) {
    console.error(`${path} is out of date: run npm run surface`)
    process.exitCode = 1
  } else writeFileSync(target, text)
}
