// Checks who imports whom: lib/ by the table below, native/ by its includes. Type-only imports are free, since they
// vanish.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

// What everything else may import.
const ground = ['errors', 'identity', 'shape', 'kinds', 'dtype', 'format', 'recording', 'signature', 'tracing']
const autograd = ['autograd/mode', 'autograd/node', 'autograd']
const all = ['*']
const subpath = ['index', 'peer', 'errors', 'identity', 'kinds', 'shape', 'dtype', 'format', 'signature']
// How ops allocate, record and reduce: what ops/core is made of, and all families above it.
const beneathCore = ['result', 'variants', 'convert', 'operation', 'view', 'reduce'].map((name) => `ops/define/${name}`)
const ops = ['ops', 'ops/core', ...beneathCore]
const beneathOps = [
  ...ground,
  'storage',
  'launch',
  'kernel',
  'symbol',
  'expression',
  'transplant',
  'removable',
  'tensor',
  'autograd/mode',
  'autograd/node',
  ...beneathCore
]

// A file belongs to the first that is listed of: its path, its folder, the folder around that. Files of one layer may
// import each other.
const layers = {
  errors: [],
  identity: [],
  shape: ['errors'],
  kinds: ['errors', 'identity', 'shape'],
  dtype: ['errors'],
  format: ['errors', 'dtype'],
  recording: ['errors'],
  signature: ['errors', 'kinds', 'dtype'],
  tracing: [],
  bundled: [],
  addon: ['bundled'],
  native: ['errors', 'addon'],
  memory: ['native'],
  storage: [...ground, 'native', 'memory'],
  lock: [...ground, 'storage'],
  launch: [...ground, 'native', 'storage'],
  evaluate: [...ground, 'native', 'storage', 'launch'],
  products: ['native'],
  symbol: [...ground, 'native'],
  expression: [...ground, 'symbol', 'native', 'launch', 'evaluate', 'products'],
  foreach: [...ground, 'launch', 'evaluate', 'expression'],
  transplant: ['symbol', 'expression'],
  kernel: [...ground, 'storage', 'launch'],
  removable: ['recording'],
  tensor: [...ground, 'storage', 'removable', 'autograd/meta'],
  declare: [...ground, 'tensor'],
  'autograd/meta': [...ground, 'storage'],
  'autograd/mode': [...ground, 'tensor'],
  'autograd/node': [...ground, 'tensor', 'autograd/mode'],
  threads: [...ground, 'native'],
  printing: ground,
  'dtype-info': [...ground, 'tensor', ...ops],
  transfer: [...ground, 'lock', 'storage', 'tensor', 'ops/define/result'],
  linalg: ['ops'],
  special: ['ops'],
  ...Object.fromEntries(beneathCore.map((name) => [name, beneathOps])),
  // What derivatives themselves need: it may not import the ops above it.
  'ops/core': beneathOps,
  // Results are allocated in ops and given back by the engine, hence storage.
  ops: [...beneathOps, 'declare', 'ops/core'],
  'autograd/queue': [],
  'autograd/engine': [...ground, 'storage', 'tensor', ...ops, 'autograd/mode', 'autograd/node', 'autograd/queue'],
  autograd: [...ground, 'storage', 'tensor', 'declare', ...ops, 'autograd/mode', 'autograd/node', 'autograd/engine'],
  nn: [...ground, ...ops, 'tensor', 'declare', ...autograd],
  // How rules are traced and run, and the one kernel that is a rule.
  'optim/update': [...beneathOps, ...ops, 'ops/define', 'foreach'],
  'optim/adam-step': [...beneathOps, ...ops, 'ops/define'],
  optim: [...ground, ...ops, 'ops/define', 'optim/update', 'optim/adam-step', 'tensor', 'declare', ...autograd],
  // The engine applies the rules that nodes carry: through it compile learns of no op.
  compile: [
    ...ground,
    'storage',
    'lock',
    'launch',
    'symbol',
    'expression',
    'transplant',
    'tensor',
    'declare',
    'autograd/mode',
    'autograd/node',
    'autograd/engine'
  ],
  deepcopy: all,
  peer: [],
  // Subpaths are files of their own in dist/: they share the one instance of what users import, and have their own copy
  // of what holds no state.
  data: subpath,
  io: subpath,
  onnx: subpath,
  testing: subpath,
  surface: [...ground, 'declare', ...ops, 'nn'],
  index: all
}

// By folder of native/: the system headers and the own files that its files may include.
const includes = {
  kernels: {
    system: /^(cstdint|cstddef|immintrin\.h|arm_neon\.h)$/,
    own: /^(kernels\/|runtime\/kernel_(table|row)\.h$)/
  },
  runtime: { system: /^(?!napi|node_api|js_native_api)/, own: /^runtime\// },
  binding: { system: /./, own: /^(binding|runtime)\// },
  '.': { system: /./, own: /^(binding|runtime)\// }
}

const root = fileURLToPath(new URL('..', import.meta.url))
const problems = []

function filesIn(folder, pattern) {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && pattern.test(entry.name))
  return files.map((entry) => relative(root, join(entry.parentPath, entry.name))).sort()
}

function layerOf(path) {
  const name = relative('lib', path)
    .replace(/\.m?ts$/, '')
    .replace(/^(.+)\/index$/, '$1')
  const folders = name.split('/')
  while (folders.length > 1 && !(folders.join('/') in layers)) folders.pop()
  return folders.join('/')
}

function checkModule(file) {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true)
  const from = layerOf(file)
  if (!(from in layers)) problems.push(`${file}:1: no layer is named '${from}'; add it to scripts/layers.mjs`)
  else visit(source)

  function visit(node) {
    const specifier = importOf(node)
    if (specifier?.text.startsWith('.')) checkImport(specifier)
    ts.forEachChild(node, visit)
  }

  function checkImport(specifier) {
    const to = layerOf(join(dirname(file), specifier.text.replace(/\.js$/, '')))
    const isAllowed = layers[from] === all ? to !== 'index' || from === 'index' : layers[from].includes(to)
    if (isAllowed || to === from) return
    const line = source.getLineAndCharacterOfPosition(specifier.getStart()).line + 1
    const allowed = layers[from].join(', ') || 'nothing'
    problems.push(`${file}:${line}: ${from} may not import ${to}; it may import ${allowed}`)
  }
}

/** The module specifier of an import or re-export that survives compilation. */
function importOf(node) {
  if (ts.isImportDeclaration(node)) return isTypeOnly(node.importClause) ? undefined : node.moduleSpecifier
  if (ts.isExportDeclaration(node)) return node.isTypeOnly ? undefined : node.moduleSpecifier
  const isDynamic = ts.isCallExpression(node) && /^(import|require)$/.test(node.expression.getText())
  return isDynamic && node.arguments.length === 1 && ts.isStringLiteral(node.arguments[0])
    ? node.arguments[0]
    : undefined
}

function isTypeOnly(clause) {
  if (!clause || clause.isTypeOnly) return Boolean(clause)
  const names = clause.namedBindings
  return !clause.name && ts.isNamedImports(names) && names.elements.every((element) => element.isTypeOnly)
}

function checkIncludes(file) {
  const folder = relative('native', dirname(file)).split('/')[0] || '.'
  const lines = readFileSync(join(root, file), 'utf8').split('\n')
  for (const [index, line] of lines.entries()) {
    const [, system, own] = /^\s*#\s*include\s*(?:<(.+?)>|"(.+?)")/.exec(line) ?? []
    const isAllowed = system
      ? includes[folder].system.test(system)
      : !own || includes[folder].own.test(located(own, file))
    if (!isAllowed) problems.push(`${file}:${index + 1}: ${folder} may not include ${system ?? own}`)
  }
}

/** Path below native/ of an included file: beside the including one, else from native/ on. */
function located(header, file) {
  const beside = join(dirname(file), header)
  const isBeside = existsSync(join(root, beside)) || !existsSync(join(root, 'native', header))
  return relative('native', isBeside ? beside : join('native', header))
}

filesIn('lib', /\.m?ts$/).forEach(checkModule)
filesIn('native', /\.(cc|h)$/).forEach(checkIncludes)
problems.forEach((problem) => console.error(problem))
process.exitCode = problems.length > 0 ? 1 : 0
