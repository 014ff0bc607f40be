// Writes what follows from the declarations of public functions in lib/: lib/surface.ts, what `dyngrad` exports and
// which methods a Tensor has; docs/api.md, the list of all of it; and lib/signature/labels.ts, the names of parameters.
// `--check` only compares.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const isOnlyCheck = process.argv.includes('--check')

// What declares a public function; its first argument is the signature, or it joins several functions of one name, or
// it is made of another function.
const definers = new Set(['declare', 'overload', 'pointwise', 'inPlace', 'alias', 'rowProgram'])
const places = ['torch', 'Tensor', 'nn.functional', 'nn.init', 'linalg', 'special', 'autograd']

const sourceOf = (file) => ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
const sources = readdirSync(join(root, 'lib'), { recursive: true })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('surface.ts') && !file.endsWith('labels.ts'))
  .sort()
  .map((file) => sourceOf(join(root, 'lib', file)))

const visit = (node, see) => {
  see(node)
  ts.forEachChild(node, (child) => visit(child, see))
}

/**
 * Constants of lib/ that are texts, such as parameters that several signatures share: by file and name, and by name for
 * those imported.
 */
const constants = new Map()

/** What a literal or a template of such constants says, undefined for anything else. */
function textOf(node) {
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isIdentifier(node))
    return constants.get(`${node.getSourceFile().fileName} ${node.text}`) ?? constants.get(node.text)
  if (ts.isAsExpression(node)) return textOf(node.expression)
  if (!ts.isTemplateExpression(node)) return undefined
  const pieces = node.templateSpans.map(({ expression, literal }) => [textOf(expression), literal.text])
  if (pieces.some(([value]) => value === undefined)) return undefined
  return node.head.text + pieces.flat().join('')
}

for (const source of sources) {
  for (const statement of source.statements.filter(ts.isVariableStatement)) {
    for (const { name, initializer } of statement.declarationList.declarations) {
      const text = initializer === undefined || ts.isIdentifier(initializer) ? undefined : textOf(initializer)
      if (text !== undefined) for (const key of [name.text, `${source.fileName} ${name.text}`]) constants.set(key, text)
    }
  }
}

const isPlaces = (node) =>
  ts.isArrayLiteralExpression(node) &&
  node.elements.length > 0 &&
  node.elements.every((each) => ts.isStringLiteral(each) && places.includes(each.text))

/** What a constant of the same file stands for. */
function valueOf(node) {
  if (ts.isAsExpression(node)) return valueOf(node.expression)
  if (!ts.isIdentifier(node)) return node
  const { statements } = node.getSourceFile()
  const variables = statements.filter(ts.isVariableStatement).flatMap((each) => [...each.declarationList.declarations])
  const found = variables.find(({ name }) => name.text === node.text)
  return found === undefined ? node : valueOf(found.initializer)
}

/** The list of `places` in an object, or in what is spread into it. */
function listedPlaces(object) {
  for (const each of object.properties ?? []) {
    const spread = ts.isSpreadAssignment(each) ? valueOf(each.expression) : undefined
    const given = spread === undefined ? each.name.getText() === 'places' && each.initializer : listedPlaces(spread)
    if (given) return given
  }
  return undefined
}

/** Where PyTorch has a function: a list among the arguments, or `places` in an object; else as lib/declare.ts says. */
function placesOf(call, name) {
  for (const argument of call.arguments.map(valueOf)) {
    const given = ts.isObjectLiteralExpression(argument) ? listedPlaces(argument) : argument
    if (given !== undefined && isPlaces(given)) return given.elements.map(({ text }) => text)
  }
  return name.endsWith('_') ? ['Tensor'] : ['torch', 'Tensor']
}

function documentation(statement) {
  const [comment] = ts.getJSDocCommentsAndTags(statement)
  return comment === undefined ? '' : comment.getText()
}

const isSignature = /^(\w+\.)?\w+\((\w+: .*|\*, .*)?\)$/

/** The texts of signatures below a node: `sum(input: Tensor, ...)`. */
function signaturesIn(node) {
  if (ts.isCallExpression(node)) return node.arguments.flatMap(signaturesIn)
  const text = textOf(node)
  return text !== undefined && isSignature.test(text) ? [text] : []
}

/**
 * The names that a file gives its variables when it exports them: JavaScript has no variable of some names, such as
 * var.
 */
function exportedAs(source) {
  const specifiers = source.statements
    .filter((each) => ts.isExportDeclaration(each) && each.exportClause && ts.isNamedExports(each.exportClause))
    .flatMap((each) => [...each.exportClause.elements])
  return new Map(specifiers.map(({ name, propertyName }) => [(propertyName ?? name).text, name.text]))
}

/** The public functions that a file declares. */
function declarationsOf(file) {
  const source = sourceOf(file)
  const exported = exportedAs(source)
  return source.statements.flatMap((statement) => {
    if (!ts.isVariableStatement(statement)) return []
    const [{ name: local, initializer: given }] = statement.declarationList.declarations
    const name = statement.modifiers?.length ? local.text : exported.get(local.text)
    if (name === undefined) return []
    const initializer = given !== undefined && ts.isAsExpression(given) ? given.expression : given
    if (initializer === undefined || !ts.isCallExpression(initializer)) return []
    const definer = initializer.expression.getText()
    if (!definers.has(definer)) return []
    const isAlias = definer === 'alias'
    const isPlaced = !isAlias || initializer.arguments.length > 2
    return [
      {
        name,
        file,
        places: isPlaced ? placesOf(initializer, name) : null,
        documentation: documentation(statement),
        signatures: signaturesIn(initializer),
        inPlaceOf: definer === 'inPlace' ? initializer.arguments[0].getText() : null,
        aliasOf: isAlias ? initializer.arguments[1].getText() : null
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
const others = ['nn', 'nn/functional', 'autograd'].flatMap(filesOf)
const elsewhere = others.flatMap(declarationsOf)

// As `inPlace` in lib/ops/define/functions.ts has it.
for (const each of [...found, ...elsewhere].filter(({ inPlaceOf }) => inPlaceOf !== null)) {
  const { signatures } = [...found, ...elsewhere].find(({ name }) => name === each.inPlaceOf)
  each.signatures = signatures.map((text) =>
    text.replace(', inplace: bool = false', '').replace(/^(\w+)\((\w+): \w+/, '$1_($2: Tensor')
  )
}

// As `alias` in lib/declare.ts has it.
for (const each of [...found, ...elsewhere].filter(({ aliasOf }) => aliasOf !== null)) {
  const { signatures, places } = [...found, ...elsewhere].find(({ name }) => name === each.aliasOf)
  each.signatures = signatures.map((text) => `${each.name}${text.slice(text.indexOf('('))}`)
  each.places ??= places
}

/** The method that a signature names; a constant has another name where two functions share one. */
const methodOf = ([text], name) => text?.slice(0, text.indexOf('(')) ?? name

const moduleOf = (file) => `./${relative(join(root, 'lib'), file).replace(/\.ts$/, '')}`
const namespaceOf = (file) => basename(file, '.ts').replace(/-(.)/g, (_, letter) => letter.toUpperCase())

/** The text of a documentation comment, on one line. */
const prose = (comment) =>
  comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .replace(/^ *\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim()

/** A comment of 120 columns at most. */
function comment(text, indent) {
  const single = `${indent}/** ${text} */`
  if (single.length <= 120) return single
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== '' && `${indent} * ${last} ${word}`.length > 120) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`), `${indent} */`].join('\n')
}

function surface() {
  const functions = [...found, ...elsewhere].filter((each) => each.places.includes('torch'))
  const methods = found.filter((each) => each.places.includes('Tensor'))
  const imports = files.filter((file) => methods.some((each) => each.file === file))
  const exported = [...files, ...others]
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
      ...(documentation === '' ? [] : [comment(prose(documentation), '    ')]),
      `    readonly ${methodOf(signatures, name)}: Method<typeof ${namespaceOf(file)}.${name}>`
    ]),
    '  }',
    '}',
    ''
  ].join('\n')
}

/** What lists the signature of a constructor or a method. */
const listers = new Set(['member', 'layerOf', 'lossOf'])

/** The constructors and methods of a file whose signatures are listed, and its functions of that kind. */
function membersOf(file) {
  const source = sourceOf(file)
  const texts = []
  visit(source, (node) => {
    if (ts.isCallExpression(node) && listers.has(node.expression.getText())) texts.push(...signaturesIn(node))
  })
  const documented = new Map()
  visit(source, (node) => {
    const isMethod = ts.isMethodDeclaration(node) || ts.isMethodSignature(node)
    const isOther = ts.isClassDeclaration(node) || ts.isFunctionDeclaration(node) || ts.isVariableStatement(node)
    if (!isMethod && !isOther) return
    const { name } = ts.isVariableStatement(node) ? node.declarationList.declarations[0] : node
    const full = `${isMethod ? `${node.parent.name?.getText()}.` : ''}${name?.getText()}`
    // The first of several overloads has the comment.
    if (!documented.get(full)) documented.set(full, documentation(node))
  })
  return texts.map((text) => {
    const name = text.slice(0, text.indexOf('('))
    return { name, signatures: [text], documentation: documented.get(name) ?? '' }
  })
}

const cell = (text) => text.replaceAll('|', '\\|')

const row = ({ signatures, documentation: comment }) =>
  `| ${signatures.map((text) => `\`${cell(text)}\``).join('<br>')} | ${cell(prose(comment))} |`

const section = (title, entries) =>
  entries.length === 0 ? [] : [`## ${title}`, '', '| call | what it does |', '| --- | --- |', ...entries.map(row), '']

const isMethod = ({ name }) => name.includes('.')

/** Constructors in a folder, then methods. */
function sectionsOf(folder) {
  const members = filesOf(folder).flatMap(membersOf).sort(byName)
  return [
    ...section(
      folder,
      members.filter((each) => !isMethod(each))
    ),
    ...section(
      `Methods in ${folder}`,
      members.filter((each) => isMethod(each) && each.documentation !== '')
    )
  ]
}

function list() {
  const all = [...found, ...elsewhere].sort(byName)
  const members = ['.', 'autograd', 'compile'].flatMap(filesOf).flatMap(membersOf)
  const at = (place) => all.filter((each) => each.places.includes(place))
  const methods = at('Tensor')
  return [
    '# Functions, methods and classes',
    '',
    'Written by `npm run surface` from the declarations. Every parameter goes in its order or by keyword, in one last object: `x.sum(1, true)`',
    'and `x.sum({ dim: 1, keepdim: true })` are the same. What stands behind `*` goes by keyword only. Kinds: `int`, `float`, `bool`, `str`,',
    '`int[]` a list, `int...` a list or numbers one after the other, `?` may be null, `a|b` one of both, `operand` a tensor or a number,',
    '`scalar` a number, boolean or BigInt, `count` a positive integer. Where the kind is a value (`device: null = null`), PyTorch has a parameter in this place that dyngrad',
    'has not: nothing else is taken.',
    '',
    ...section(
      'dyngrad',
      [
        ...at('torch').filter((each) => !each.places.includes('Tensor')),
        ...members.filter((each) => !isMethod(each))
      ].sort(byName)
    ),
    ...section(
      'dyngrad, and methods of Tensor (`input` is `this`)',
      methods.filter((each) => each.places.includes('torch'))
    ),
    ...section(
      'Methods of Tensor only',
      methods.filter((each) => !each.places.includes('torch'))
    ),
    ...section('Methods of Tensor and of programs without `input`', members.filter(isMethod).sort(byName)),
    ...['autograd', 'nn.functional', 'nn.init', 'linalg', 'special'].flatMap((place) => section(place, at(place))),
    ...['nn', 'optim'].flatMap(sectionsOf)
  ].join('\n')
}

/** Names of the parameters of all signatures in lib/. */
function parameterNames() {
  const names = new Set()
  for (const source of sources) {
    visit(source, (node) => {
      const text = textOf(node)
      if (text === undefined || !isSignature.test(text)) return
      for (const [, name] of text.matchAll(/[(, ](\w+): /g)) names.add(name)
    })
  }
  return [...names].sort()
}

const labels = () =>
  [
    '// Written by scripts/surface.mjs from the signatures in lib/. TypeScript gives a position of a tuple no name but one',
    '// that stands in the source, so that editors show `dim` instead of `args_1`.',
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
