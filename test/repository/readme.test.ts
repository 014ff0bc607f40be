// The documentation is true: examples run as printed, quoted code stands in the sources, commands and files exist.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as ts from 'typescript'

const root = join(__dirname, '../..')
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/architecture.md',
  'docs/adding-an-op.md',
  'docs/columns.md',
  'docs/compile.md',
  'docs/data.md',
  'docs/deploying.md',
  'docs/javascript-traps.md',
  'docs/onnx.md',
  'docs/saving.md',
  'docs/testing.md',
  'test/README.md'
]
const texts = new Map(documents.map((name) => [name, readFileSync(join(root, name), 'utf8')]))

interface Block {
  readonly language: string
  /** The file that it is quoted from, or nothing. */
  readonly source: string
  readonly code: string
}

/** The fenced blocks of a document. */
function blocksOf(document: string): Block[] {
  const fences = texts.get(document)!.matchAll(/^```(\w*) ?(\S*)\n(.*?)^```$/gms)
  return [...fences].map(([, language, source, code]) => ({ language, source, code }))
}

/**
 * What the comments say that a program prints: beside each `console.log`, or below it where there are several lines.
 */
function printedBy(code: string): string {
  const lines = code.split('\n').map((line) => line.trim())
  const expected = lines.flatMap((line, i) => {
    if (!line.startsWith('console.log(')) return []
    const beside = /\) \/\/ (.*)$/.exec(line)
    if (beside) return [beside[1]]
    const below = lines.slice(i + 1)
    const end = below.findIndex((next) => !next.startsWith('// '))
    return below.slice(0, end).map((next) => next.slice(3))
  })
  return expected.map((line) => `${line}\n`).join('')
}

/** A program, the name of the file that it is to be pasted into where its first line says one, and what it prints. */
interface Example {
  readonly name?: string
  code: string
  expected: string
}

/**
 * The examples of a document. A block without imports goes on with the program above it; a `text` block is what that
 * prints.
 */
function examplesOf(document: string): Example[] {
  const examples: Example[] = []
  for (const { language, source, code } of blocksOf(document)) {
    const last = examples.at(-1)
    if (language === 'text' && last) last.expected += code
    if ((language !== 'ts' && language !== 'js') || source !== '') continue
    const name = /^\/\/ (\S+\.\w+)\n/.exec(code)?.[1]
    if (/^(\/\/ .*\n)?import /.test(code)) examples.push({ name, code, expected: printedBy(code) })
    else if (last) Object.assign(last, { code: `${last.code}\n${code}`, expected: last.expected + printedBy(code) })
  }
  return examples
}

/** A program as a CommonJS module: what awaits at its top level is the body of an async function. */
function asCommonJS(code: string): string {
  if (!/^(for await\b|(\w.* = )?await\b)/m.test(code)) return code
  const lines = code.split('\n')
  const isImport = (line: string): boolean => /^import .* from /.test(line)
  const body = lines.filter((line) => !isImport(line))
  return [...lines.filter(isImport), 'void (async () => {', ...body, '})()', ''].join('\n')
}

describe.each([
  'README.md',
  'docs/columns.md',
  'docs/compile.md',
  'docs/data.md',
  'docs/javascript-traps.md',
  'docs/onnx.md',
  'docs/saving.md',
  'docs/testing.md'
])('the examples of %s', (document) => {
  const folder = mkdtempSync(join(tmpdir(), 'dyngrad-readme-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  const examples = examplesOf(document).map(({ name, code, expected }, i) => {
    return { name, code, expected, title: code.split('\n')[0], file: join(folder, `example${i + 1}.ts`) }
  })
  for (const { code, file } of examples) writeFileSync(file, asCommonJS(code))

  function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: folder })
    return { status, stdout, stderr }
  }

  test('are there', () => {
    expect(examples.length).toBeGreaterThan(0)
  })

  test.each(examples)('$title: prints what the document says', ({ expected, file }) => {
    expect(expected).not.toBe('')
    const hook = join(root, 'test/environment/source.cjs')
    expect(run('--require', hook, file)).toEqual({ status: 0, stdout: expected, stderr: '' })
  })

  const untyped = examples.filter(({ name, code }) => name?.endsWith('.mjs') ?? !code.includes('type Tensor'))
  if (untyped.length > 0)
    test.each(untyped)('$title: is plain JavaScript', ({ code, file }) => {
      const module = file.replace(/ts$/, 'mjs')
      writeFileSync(module, code)
      expect(run('--check', module)).toEqual({ status: 0, stdout: '', stderr: '' })
    })

  test('have no type errors', () => {
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
      paths: { dyngrad: [join(root, 'lib/index.ts')], 'dyngrad/*': [join(root, 'lib/*/index.ts')] }
    }
    const program = ts.createProgram(
      examples.map(({ file }) => file),
      options
    )
    const problems = examples.flatMap(({ file }) => {
      const source = program.getSourceFile(file)!
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    })
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([])
  })
})

test('each example of README.md names the file that it runs in, a module', () => {
  const names = examplesOf('README.md').map(({ name }) => name)
  expect(names.filter((name) => !/\.m[jt]s$/.test(name ?? ''))).toEqual([])
  expect(new Set(names).size).toBe(names.length)
})

describe('quoted code', () => {
  const quotes = documents
    .flatMap((document) => blocksOf(document).filter(({ source }) => source !== ''))
    .map(({ source, code }) => ({ source, code, start: code.split('\n')[0] }))
  const withoutSpace = (text: string): string => text.replace(/\s+/g, '')

  test.each(quotes)('of $source stands there: $start', ({ source, code }) => {
    expect(withoutSpace(readFileSync(join(root, source), 'utf8'))).toContain(withoutSpace(code))
  })
})

const withoutCode = (text: string): string => text.replace(/^```.*?^```$/gms, '')

/** The anchors of a document's headings. */
const headingsOf = (text: string): string[] =>
  [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-')
  )

describe.each(documents)('%s', (document) => {
  const text = texts.get(document)!
  const prose = withoutCode(text)

  test('names commands that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    const names = [...text.matchAll(/\bnpm (?:run ([\w:]+)|(start|test)\b)/g)].map(([, name, short]) => name ?? short)
    expect(names.filter((name) => !(name in scripts))).toEqual([])
  })

  test('names files that exist', () => {
    const folders = ['lib', 'native', 'test', 'scripts', 'bench', 'examples']
    const files = folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `/${folder}/${name}`)
    )
    const named = [...prose.matchAll(/`([\w./-]+\.(?:ts|mts|cjs|cc|h|py))`/g)].map(([, name]) => name)
    const missing = named.filter((name) => !files.some((file) => file.endsWith(`/${name}`)))
    expect(missing).toEqual([])
  })

  test('has links that lead somewhere', () => {
    const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target)
    const broken = targets.filter((target) => {
      if (/^https?:/.test(target)) return false
      const [name, heading] = target.split('#')
      const file = name === '' ? join(root, document) : join(root, dirname(document), name)
      if (!existsSync(file)) return true
      return heading !== undefined && !headingsOf(readFileSync(file, 'utf8')).includes(heading)
    })
    expect(broken).toEqual([])
  })
})
