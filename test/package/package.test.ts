// Packs the library as `npm publish` would, installs the tarball elsewhere without install scripts, and uses it from
// there.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(__dirname, '../..')
const modules = join(root, 'node_modules')
// A copy, since node-gyp empties build/ and others may be loading from it; kept, since the prebuild takes a while.
const stage = join(root, 'build-cmake', 'package')
const project = mkdtempSync(join(tmpdir(), 'dyngrad-'))
const installed = join(project, 'node_modules', 'dyngrad')
const prebuilds = join('prebuilds', `${process.platform}-${process.arch}`)
const copied = [
  ...['package.json', 'tsconfig.json', 'tsconfig.build.json', 'binding.gyp', 'lib', 'native', 'scripts'],
  ...['LICENSE', 'README.md'].filter((name) => existsSync(join(root, name)))
]
const subpaths = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports as object)
  .filter((key) => !key.endsWith('.json'))
  .map((key) => key.replace(/^\./, 'dyngrad'))

let tarball = ''
let packed: string[] = []

function run(program: string, args: string[], cwd = project, env = {}): string {
  // What jest and npm put into the environment is not there in a user's shell.
  const clean = Object.entries(process.env).filter(([key]) => !/^(NODE_|JEST_|DYNGRAD_|LD_PRELOAD)/.test(key))
  const options = { cwd, env: { ...Object.fromEntries(clean), ...env }, encoding: 'utf8' as const, maxBuffer: 1 << 28 }
  const { status, stdout, stderr } = spawnSync(program, args, { ...options, shell: process.platform === 'win32' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`)
  return stdout
}

const bin = (name: string, ...args: string[]): string => run(join(modules, '.bin', name), args)

function script(name: string, text: string): string {
  writeFileSync(join(project, name), text)
  return run(process.execPath, [name])
}

const newest = (path: string): number =>
  statSync(path).isFile()
    ? statSync(path).mtimeMs
    : Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))

function pack(): void {
  mkdirSync(stage, { recursive: true })
  for (const name of readdirSync(stage)) if (name !== 'prebuilds') rmSync(join(stage, name), { recursive: true })
  for (const name of copied) cpSync(join(root, name), join(stage, name), { recursive: true })
  symlinkSync(modules, join(stage, 'node_modules'), 'junction')
  const sources = Math.max(newest(join(root, 'native')), newest(join(root, 'binding.gyp')))
  const isFresh = existsSync(join(stage, prebuilds)) && newest(join(stage, prebuilds)) > sources
  if (!isFresh) run('npm', ['run', '--silent', 'prebuilds'], stage)
  run('npm', ['run', '--silent', 'build:ts'], stage)
  const [report] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], stage))
  tarball = join(project, report.filename)
  packed = report.files.map((file: { path: string }) => file.path)
}

/** Both dependencies come from this checkout, so that the test needs no network. */
function install(): void {
  const local = Object.fromEntries(
    ['node-gyp-build', 'node-addon-api'].map((name) => [name, `file:${join(modules, name)}`])
  )
  const dependencies = { dyngrad: `file:${tarball}`, ...local }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, dependencies, overrides: local }))
  run('npm', ['install', '--ignore-scripts', '--offline', '--no-audit', '--no-fund', '--install-links=false'])
}

beforeAll(() => {
  pack()
  install()
}, 900_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

const useOf = (out: string): string => `
  const x = tensor([1, 2, 3], { requiresGrad: true })
  x.mul(x).sum().backward()
  ${out}(JSON.stringify(x.grad.tolist()))
`

describe('the packed library', () => {
  test('holds the compiled library, a prebuild and the sources of the addon, nothing else', () => {
    const folders = new Set(packed.map((path) => path.split('/')[0]))
    expect([...folders].filter((name) => !/^(README|CHANGELOG)\.md$|^LICENSE$/.test(name)).sort()).toEqual(
      ['binding.gyp', 'dist', 'native', 'package.json', 'prebuilds', 'scripts'].sort()
    )
    expect(packed).toEqual(
      expect.arrayContaining(['dist/index.js', 'dist/index.mjs', 'dist/index.d.ts', 'dist/index.d.mts'])
    )
    expect(packed.filter((path) => /tsbuildinfo|\.o$|\.test\./.test(path))).toEqual([])
  })

  test('runs from CommonJS', () => {
    expect(script('use.cjs', `const { tensor } = require('dyngrad')\n${useOf('console.log')}`)).toBe('[2,4,6]\n')
  })

  test('runs from ESM', () => {
    expect(script('use.mjs', `import { tensor } from 'dyngrad'\n${useOf('console.log')}`)).toBe('[2,4,6]\n')
  })

  test('runs in a worker thread, and the process outlives it', () => {
    writeFileSync(
      join(project, 'worker.cjs'),
      `const { tensor } = require('dyngrad')\n${useOf("require('node:worker_threads').parentPort.postMessage")}`
    )
    const main = `
      import { once } from 'node:events'
      import { Worker } from 'node:worker_threads'
      for (let i = 0; i < 2; ++i) {
        const worker = new Worker('./worker.cjs')
        // A busy machine may tell of both at once.
        const ended = once(worker, 'exit')
        const [message] = await once(worker, 'message')
        await ended
        console.log(message)
      }
    `
    expect(script('main.mjs', main)).toBe('[2,4,6]\n[2,4,6]\n')
  })

  test.each(subpaths)('%s has the same names for import and for require', (subpath) => {
    const required = script('keys.cjs', `console.log(JSON.stringify(Object.keys(require('${subpath}')).sort()))`)
    const imported = script(
      'keys.mjs',
      `import * as all from '${subpath}'\nconsole.log(JSON.stringify(Object.keys(all).sort()))`
    )
    expect(JSON.parse(imported)).toEqual(JSON.parse(required))
    expect(JSON.parse(required).length).toBeGreaterThan(0)
  })

  test('gives import and require the same classes', () => {
    const both = `
      import { createRequire } from 'node:module'
      import * as all from 'dyngrad'
      const required = createRequire(import.meta.url)('dyngrad')
      console.log(Object.keys(all).every((name) => all[name] === required[name]))
    `
    expect(script('same.mjs', both)).toBe('true\n')
  })

  test.each(['cts', 'mts'])('type-checks from TypeScript as .%s, without the types of Node', (extension) => {
    const program = `
      import { tensor, type Tensor } from 'dyngrad'
      const x: Tensor = tensor([1, 2, 3], { requiresGrad: true })
      x.mul(x).sum().backward()
      export const gradient: Tensor | null = x.grad
      // @ts-expect-error -- a tensor is not a number
      export const wrong: number = x
      // @ts-expect-error -- what a tensor is inside is no interface
      export const inside = x.sizes
    `
    writeFileSync(join(project, `use.${extension}`), program)
    const compilerOptions = { strict: true, noEmit: true, module: 'nodenext', target: 'es2022', types: [] }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [`use.${extension}`] }))
    bin('tsc')
  })

  test('is sound to publint and to are-the-types-wrong', () => {
    bin('publint', '--strict', tarball)
    bin('attw', '--profile', 'node16', tarball)
  })
})

describe('the install script', () => {
  const addon = join(installed, 'build', 'Release', 'dyngrad.node')
  const hidden = join(project, 'hidden')
  const fakeGyp = join(project, 'node-gyp.cjs')

  function withoutPrebuild(gyp: string): string {
    cpSync(join(installed, 'prebuilds'), hidden, { recursive: true })
    rmSync(join(installed, 'prebuilds'), { recursive: true })
    writeFileSync(fakeGyp, gyp)
    try {
      return run(process.execPath, ['scripts/install.mjs'], installed, { npm_config_node_gyp: fakeGyp })
    } finally {
      cpSync(hidden, join(installed, 'prebuilds'), { recursive: true })
    }
  }

  test('keeps a prebuild that loads', () => {
    expect(run(process.execPath, ['scripts/install.mjs'], installed, { npm_config_node_gyp: '/nowhere' })).toBe('')
    expect(existsSync(addon)).toBe(false)
  })

  test('says what to install when there is neither a prebuild nor a compiler', () => {
    expect(() => withoutPrebuild("console.error('c++: command not found'); process.exit(1)")).toThrow(
      /c\+\+: command not found\n\ndyngrad: there is no prebuilt binary for .*A build needs .*npm rebuild dyngrad/s
    )
  })

  test('compiles where there is no prebuild', () => {
    const copy = `
      const { cpSync, readdirSync } = require('node:fs')
      if (process.argv[2] !== 'rebuild') process.exit(1)
      const folder = ${JSON.stringify(hidden)} + '/' + readdirSync(${JSON.stringify(hidden)})[0]
      cpSync(folder + '/' + readdirSync(folder)[0], ${JSON.stringify(addon)})
    `
    expect(withoutPrebuild(copy)).toBe('')
    expect(existsSync(addon)).toBe(true)
  })
})
