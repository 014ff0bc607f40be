// What editors offer on the published types: names of PyTorch's or of docs/api.md, no internals; and what does not
// compile.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'

const root = join(__dirname, '..', '..')
const file = join(root, 'dist', 'consumer.ts')

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  types: ['node'],
  noEmit: true
}

const published = declarations()
const prelude = "import * as dg from './index.js'\n"

/** The published types as a build writes them, by the name of their file. */
function declarations(): Map<string, string> {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.build.json'),
    { incremental: false, tsBuildInfoFile: undefined },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (fault) => expect(fault).toBeUndefined() }
  )!
  const files = new Map<string, string>()
  ts.createProgram(config.fileNames, config.options).emit(undefined, (path, text) => files.set(path, text))
  return files
}

/** A language service over a consumer's file beside the published types. */
function serviceFor(text: string): ts.LanguageService {
  const read = (path: string): string | undefined =>
    path === file ? text : (published.get(path) ?? ts.sys.readFile(path))
  const folders = new Set([...published.keys()].map(dirname))
  const host: ts.LanguageServiceHost = {
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (path) => {
      const found = read(path)
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found)
    },
    getCurrentDirectory: () => root,
    getCompilationSettings: () => options,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => path === file || published.has(path) || ts.sys.fileExists(path),
    readFile: read,
    directoryExists: (path) => folders.has(path.replace(/\/$/, '')) || ts.sys.directoryExists(path),
    getDirectories: (path) => ts.sys.getDirectories(path)
  }
  return ts.createLanguageService(host)
}

/** Expressions whose members are looked at, by the class that they are of. */
const values: Record<string, string> = {
  Tensor: 'dg.ones(1)',
  Parameter: 'new dg.nn.Parameter(dg.ones(1))',
  Module: 'new dg.nn.ReLU()',
  Linear: 'new dg.nn.Linear(1, 1)',
  Sequential: 'new dg.nn.Sequential()',
  ModuleList: 'new dg.nn.ModuleList()',
  LayerNorm: 'new dg.nn.LayerNorm(1)',
  SGD: 'new dg.optim.SGD([dg.ones(1)], { lr: 1 })',
  Adam: 'new dg.optim.Adam([dg.ones(1)])',
  Generator: 'new dg.Generator()',
  Slice: 'dg.slice(1)',
  Node: 'dg.ones(1).gradFn!',
  Compiled: 'dg.compile((x: dg.Tensor) => x)',
  CompiledProgram: 'dg.compile((x: dg.Tensor) => x).programs[0]'
}

const texts = Object.entries(values).map(([name, value]) => `const v${name} = ${value}\nv${name}.\n`)
const consumer = prelude + texts.join('')
const service = serviceFor(consumer)

function completionsOf(name: string): string[] {
  const end = consumer.indexOf(`\nv${name}.`) + `\nv${name}.`.length
  const found = service.getCompletionsAtPosition(file, end, {})
  return found!.entries.map((entry) => entry.name).filter((each) => !each.startsWith('['))
}

const documented = readFileSync(join(root, 'docs', 'api.md'), 'utf8')

/** Properties and methods without a signature of their own, which the list of functions does not have. */
const properties: Record<string, string> = {
  Tensor:
    'H T mH ndim itemsize nbytes outputNr base cuda data device dtype dim elementSize grad gradFn isContiguous isFloatingPoint isLeaf item mT numel requiresGrad ' +
    'retainGrad retainsGrad shape storageOffset strides toJSON toString toTypedArray tolist version detach detach_ backward',
  Module:
    'children cuda double eval extraRepr float forward modules namedChildren toString training inplace inFeatures outFeatures ' +
    'weight bias resetParameters eps normalizedShape elementwiseAffine length',
  Optimizer: 'paramGroups state defaults stateDict toString',
  Generator: 'device getState initialSeed manualSeed seed setState',
  Slice: 'start end step',
  Node: 'name nextFunctions variable toString',
  Compiled: 'programs prepare async explain toDot apply arguments bind call caller length name prototype toString',
  CompiledProgram: 'reason launches arenaBytes'
}
const known = new Set(Object.values(properties).flatMap((each) => each.split(' ')))

const isDocumented = (name: string): boolean => known.has(name) || new RegExp(`[\`.]${name}\\(`).test(documented)

test.each(Object.keys(values))('each completion on a %s is documented', (name) => {
  const completions = completionsOf(name)
  expect(completions.length).toBeGreaterThan(0)
  expect(completions.filter((each) => !isDocumented(each))).toEqual([])
})

test('internals of tensors are no completions', () => {
  const completions = completionsOf('Tensor')
  for (const internal of [
    ...['cell', 'code', 'meta', 'typed', 'ensureMeta', 'checkUnit', 'numelCached', 'storage', 'byteOffset', 'sizes'],
    ...['steps', 'dense', 'node', 'outputIndex', 'leafRequiresGrad', 'serial', 'dyngrad']
  ])
    expect(completions).not.toContain(internal)
})

test('what a consumer reaches is sound without what is internal', () => {
  const program = service.getProgram()!
  const reached = program.getSourceFiles().filter(({ fileName }) => published.has(fileName))
  const faults = reached.flatMap((each) => program.getSemanticDiagnostics(each))
  expect(reached.length).toBeGreaterThan(10)
  expect(faults.map((each) => ts.formatDiagnostic(each, ts.createCompilerHost(options)))).toEqual([])
})

// ---- what does not compile ----

/** Messages of the errors in a consumer's lines. */
function errorsOf(lines: string): string[] {
  const checker = serviceFor(prelude + lines)
  return checker
    .getSemanticDiagnostics(file)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

test.each([
  'dg.compile(async (x: dg.Tensor) => x)',
  'dg.compile({ fn: async (x: dg.Tensor) => x })',
  'dg.compile(function* (x: dg.Tensor) { yield x })',
  'dg.noGrad(async () => 1)',
  'dg.noGrad({ body: async () => 1 })',
  'dg.noGrad(async function* () { yield 1 })',
  'dg.enableGrad(async () => 1)',
  'dg.enableGrad(() => Promise.resolve(1))',
  'dg.enableGrad(function* () { yield 1 })',
  'dg.noGrad((flag = true) => flag ? 1 : Promise.resolve(1))',
  'dg.setGradEnabled(true, async () => 1)',
  'dg.setGradEnabled(true, () => 1)',
  'new dg.Tensor([1, 2])',
  'dg.ones(1).length',
  'dg.ones(1).cell'
])('%s does not compile', (line) => {
  expect(errorsOf(line)).not.toEqual([])
})

test.each([
  'const x: dg.Tensor = dg.noGrad(() => dg.ones(1))',
  'const x: number = dg.enableGrad(() => 1)',
  'dg.noGrad(() => { throw new Error() })',
  'const x: [dg.Tensor, number] = dg.noGrad((): [dg.Tensor, number] => [dg.ones(1), 1])',
  'dg.noGrad(() => undefined as any)',
  'const f: (x: dg.Tensor) => dg.Tensor = dg.compile((x: dg.Tensor) => x.mul(2))',
  'const f = dg.compile((x: dg.Tensor, y: number) => ({ loss: x.mul(y) })); const l: dg.Tensor = f(dg.ones(1), 2).loss',
  'const f: Promise<dg.Tensor> = dg.compile((x: dg.Tensor) => x).async(dg.ones(1))',
  'const net: dg.nn.Linear = dg.deepcopy(new dg.nn.Linear(1, 1))',
  'const t: dg.Tensor = dg.fromTransferable(structuredClone(dg.ones(1).toTransferable()))',
  'new MessageChannel().port1.postMessage(1); const l: readonly ArrayBuffer[] = dg.ones(1).toTransferable().transferList',
  'for (const row of dg.ones(2)) row.item()',
  'if (dg.ones(1).instanceOf) { }'.replace('.instanceOf', '.equal(dg.ones(1))')
])('%s compiles', (line) => {
  expect(errorsOf(line)).toEqual([])
})
