// The tarball, installed elsewhere without a network, and what its users do with it.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ModuleKind, ScriptTarget, transpile } from 'typescript'
import { attempt, bin, install, installed, npm, pack, prebuild, project, root, run, script } from './project'

const subpaths = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports as object)
  .filter((key) => !key.endsWith('.json'))
  .map((key) => key.replace(/^\./, 'dyngrad'))

let tarball: ReturnType<typeof pack>

beforeAll(() => {
  tarball = pack()
  expect(install(tarball)).toMatchObject({ status: 0 })
}, 900_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

const useOf = (out: string): string => `
  const x = tensor([1, 2, 3], { requiresGrad: true })
  x.mul(x).sum().backward()
  ${out}(JSON.stringify(x.grad.tolist()))
`

describe('the packed library', () => {
  test('holds the compiled library, a prebuild, the sources of the addon and the documentation, nothing else', () => {
    const folders = new Set(tarball.paths.map((path) => path.split('/')[0]))
    expect([...folders].sort()).toEqual(
      [
        'CHANGELOG.md',
        'CONTRIBUTING.md',
        'LICENSE',
        'README.md',
        'dist',
        'docs',
        'native',
        'package.json',
        'prebuilds',
        'scripts'
      ].sort()
    )
    const entries = ['dist/index.js', 'dist/index.mjs', 'dist/index.d.ts', 'dist/index.d.mts']
    expect(tarball.paths).toEqual(expect.arrayContaining([...entries, prebuild()]))
    expect(tarball.paths.filter((path) => /tsbuildinfo|\.o$|\.test\./.test(path))).toEqual([])
  })

  test('has nothing that npm would run or compile', () => {
    const { scripts, gypfile, dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    expect(Object.keys(scripts).filter((name) => /install|^prepare$/.test(name))).toEqual([])
    expect(gypfile).toBe(false)
    expect(tarball.paths.filter((path) => path.endsWith('.gyp'))).toEqual(['native/binding.gyp'])
    expect(Object.keys(dependencies)).toEqual(['node-addon-api', 'node-api-headers'])
  })

  test.each([['install'], ['ci'], ['ci', '--strict-allow-scripts']])('is installed by npm %s %s', (...args) => {
    const { status, stdout, stderr } = npm(...args)
    expect(status).toBe(0)
    expect(stdout + stderr).not.toMatch(/dyngrad|script|gyp/i)
    expect(existsSync(join(installed, 'build'))).toBe(false)
  })

  test('has a gyp file whose sources and includes are there', () => {
    const text = readFileSync(join(installed, 'native', 'binding.gyp'), 'utf8').replace(/#.*/g, '')
    const { variables } = JSON.parse(readFileSync(join(installed, 'native', 'build.json'), 'utf8'))
    const named = [...text.matchAll(/"([\w./-]+\.(?:cc|json))"/g)].map(([, name]) => `native/${name}`)
    expect(new Set(named)).toEqual(
      new Set(['native/build.json', ...variables.addon_sources, ...variables.kernel_sources])
    )
    expect(named.filter((path) => !tarball.paths.includes(path))).toEqual([])
    expect(text).not.toContain('native/')
  })

  test('has the files that README and documentation link to', () => {
    // CONTRIBUTING.md speaks of a checkout.
    const documents = tarball.paths.filter((path) => path.endsWith('.md') && path !== 'CONTRIBUTING.md')
    const proseOf = (path: string): string => readFileSync(join(installed, path), 'utf8').replace(/^```.*?^```$/gms, '')
    const links = documents.flatMap((document) =>
      [...proseOf(document).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
        .filter(([, target]) => !/^https?:/.test(target))
        .map(([, target]) => join(dirname(document), target))
    )
    expect(links.length).toBeGreaterThan(10)
    expect(links.filter((link) => !existsSync(join(installed, link)))).toEqual([])
  })

  const onGlibc = 'glibcVersionRuntime' in (process.report.getReport() as { header: object }).header ? test : test.skip

  // Debian 10 and Red Hat 8 have these; Node 20 itself needs glibc 2.28.
  onGlibc('needs no newer system than Node does', () => {
    const text = readFileSync(join(installed, prebuild()), 'latin1')
    const greatest = (name: string): number[] =>
      [...text.matchAll(new RegExp(`\\b${name}_([\\d.]+)`, 'g'))]
        .map(([, version]) => version.split('.').map(Number))
        .reduce((a, b) => ((a.map((part, i) => part - (b[i] ?? 0)).find((d) => d !== 0) ?? 0) < 0 ? b : a))
    const isAtMost = (name: string, [major, minor, patch]: number[]): boolean => {
      const [a, b, c] = greatest(name)
      return (a - major || b - minor || (c ?? 0) - patch) <= 0
    }
    expect(isAtMost('GLIBC', [2, 28, 0])).toBe(true)
    expect(isAtMost('GLIBCXX', [3, 4, 25])).toBe(true)
    expect(isAtMost('CXXABI', [1, 3, 11])).toBe(true)
  })

  test('runs from CommonJS', () => {
    expect(script('use.cjs', `const { tensor } = require('dyngrad')\n${useOf('console.log')}`)).toBe('[2,4,6]\n')
  })

  test('runs from ESM', () => {
    expect(script('use.mjs', `import { tensor } from 'dyngrad'\n${useOf('console.log')}`)).toBe('[2,4,6]\n')
  })

  const examples = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```[jt]s\n(\/\/ (\S+)\n.*?)^```$/gms)]
  // Of what stands beside or below console.log; test/repository/readme compares the rest.
  const firstLine = (code: string): string => /console\.log\(.*\) \/\/ (.*)/.exec(code)![1]

  test.each(examples.map(([, code, name]) => [name, code]))('runs the example %s of README.md', (name, code) => {
    const isTyped = name.endsWith('.mts')
    // Node 20 knows no types.
    const isStripped = isTyped && !('typescript' in process.features && process.features.typescript)
    const text = isStripped ? transpile(code, { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 }) : code
    expect(script(isStripped ? name.replace('.mts', '.mjs') : name, text).split('\n')[0]).toBe(firstLine(code))
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

  // What subpaths take from the one instance of the package, in no type and no documentation.
  const internal: Record<string, string[]> = { dyngrad: ['declarations', 'tracing'] }

  test.each(subpaths)('%s has the same names for import and for require', (subpath) => {
    const required = script('keys.cjs', `console.log(JSON.stringify(Object.keys(require('${subpath}')).sort()))`)
    const imported = script(
      'keys.mjs',
      `import * as all from '${subpath}'\nconsole.log(JSON.stringify(Object.keys(all).sort()))`
    )
    expect([...JSON.parse(imported), ...(internal[subpath] ?? [])].sort()).toEqual(JSON.parse(required))
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
    bin('publint', '--strict', tarball.file)
    bin('attw', '--profile', 'node16', tarball.file)
  })
})

describe.each(['cjs', 'esm'])('a server that is bundled as %s', (format) => {
  const file = format === 'esm' ? 'server.mjs' : 'server.cjs'

  function bundled(...options: string[]): ReturnType<typeof attempt> {
    writeFileSync(join(project, 'entry.mjs'), `import { tensor } from 'dyngrad'\n${useOf('console.log')}`)
    const target = [`--format=${format}`, '--bundle', '--platform=node', `--outfile=${join('out', file)}`]
    bin('esbuild', 'entry.mjs', ...target, '--log-level=error', ...options)
    return attempt(process.execPath, [join('out', file)])
  }

  test('is told to leave dyngrad outside', () => {
    const { status, stderr } = bundled()
    expect(status).toBe(1)
    expect(stderr).toContain(
      'Error: dyngrad: a bundler has moved it away from its native binary; mark dyngrad as external in the bundler and ' +
        'ship node_modules/dyngrad (docs/deploying.md)\n'
    )
  })

  test('runs with dyngrad outside', () => {
    expect(bundled('--external:dyngrad')).toMatchObject({ status: 0, stdout: '[2,4,6]\n' })
  })
})

const describePosix = process.platform === 'win32' ? describe.skip : describe

describePosix('without a prebuilt binary', () => {
  const hidden = join(project, 'prebuilds')
  const list = join(installed, 'native', 'build.json')
  let sources: string

  // All sources take minutes: `npm run prebuilds` has compiled them by the same steps.
  const small = {
    addon_sources: ['native/small.cc'],
    kernel_sources: [],
    addon_flags: ['-fexceptions']
  }

  beforeAll(() => {
    renameSync(join(installed, 'prebuilds'), hidden)
    sources = readFileSync(list, 'utf8')
    const { variables } = JSON.parse(sources)
    writeFileSync(list, JSON.stringify({ variables: { ...variables, ...small } }))
    writeSmall('return Napi::Number::New(env, 42);')
  })

  afterAll(() => {
    writeFileSync(list, sources)
    rmSync(join(installed, 'build'), { recursive: true, force: true })
    renameSync(hidden, join(installed, 'prebuilds'))
  })

  function writeSmall(statement: string): void {
    const code = `#include <napi.h>
      Napi::Object initialise(Napi::Env env, Napi::Object exports) {
        exports["isa"] = [&]() -> Napi::Value { ${statement} }();
        return exports;
      }
      NODE_API_MODULE(small, initialise)`
    writeFileSync(join(installed, 'native', 'small.cc'), code)
  }

  const build = (env: NodeJS.ProcessEnv = {}): ReturnType<typeof attempt> =>
    attempt('npx', ['--offline', '--no', 'dyngrad', 'build'], project, env)

  test('require throws one sentence that names one command', () => {
    const message = script('fault.cjs', "try { require('dyngrad') } catch (error) { console.log(error.message) }")
    expect(message).toMatch(
      /^dyngrad: there is no prebuilds\S* for this platform; compile one by `npx dyngrad build`\n$/
    )
  })

  test('the command says that there is no compiler', () => {
    // Node and nothing else.
    const path = join(project, 'bin')
    mkdirSync(path, { recursive: true })
    symlinkSync(process.execPath, join(path, 'node'))
    const command = join(installed, 'scripts', 'dyngrad.mjs')
    const none = attempt(process.execPath, [command, 'build'], project, { PATH: path })
    expect(none.status).toBe(1)
    expect(none.stderr).toMatch(/^dyngrad build: there is no C\+\+ compiler; it needs a C\+\+20 compiler \(.*\)\n$/)
    const wrong = build({ CXX: '/nowhere/c++ -m64' })
    expect(wrong.stderr).toContain("dyngrad build: CXX is '/nowhere/c++ -m64', which does not run\n")
  })

  test('the command shows what the compiler says', () => {
    writeSmall('return nothing;')
    const { status, stderr } = build()
    expect(status).toBe(1)
    expect(stderr).toMatch(/nothing.*\n[^]*dyngrad build: compiling failed .* it needs a C\+\+20 compiler/)
    expect(existsSync(join(installed, 'build', 'Release', 'dyngrad.node'))).toBe(false)
  })

  test('the command refuses what does not load', () => {
    writeSmall('throw Napi::Error::New(env, "no such luck");')
    const { status, stderr } = build()
    expect(status).toBe(1)
    expect(stderr).toMatch(/dyngrad\.node was compiled, but does not load: no such luck\n$/)
  })

  test('the command compiles it, offline, with nothing but a compiler', () => {
    writeSmall('return Napi::Number::New(env, 42);')
    const { status, stderr } = build()
    expect(stderr).toMatch(/^Compiling dyngrad with c\+\+, a few minutes\n[^]*Compiled .*dyngrad\.node\n$/)
    expect(status).toBe(0)
    const addon = JSON.stringify(join(installed, 'build', 'Release', 'dyngrad.node'))
    expect(script('small.cjs', `console.log(require(${addon}).isa)`)).toBe('42\n')
  })

  test.each([
    [['--help'], 0],
    [[], 1],
    [['make'], 1]
  ])('dyngrad %j says how it is used', (args, code) => {
    const { status, stdout, stderr } = attempt('npx', ['--offline', '--no', 'dyngrad', '--', ...args])
    expect(stdout + stderr).toBe('Usage: dyngrad build    compiles the native binary for this machine\n')
    expect(status).toBe(code)
  })
})

describe('examples/pipeline', () => {
  const home = join(project, 'pipeline')
  beforeAll(() => {
    for (const name of ['package.json', 'tsconfig.json', 'src', 'test'])
      cpSync(join(root, 'examples/pipeline', name), join(home, name), { recursive: true })
    const modules = join(home, 'node_modules')
    mkdirSync(modules)
    symlinkSync(installed, join(modules, 'dyngrad'), 'junction')
    // What `npm install` brings from the registry; the peers of dyngrad are found from where it is.
    const link = (name: string, folder: string): void => {
      const path = join(folder, name)
      if (!existsSync(path)) symlinkSync(join(root, 'node_modules', name), path, 'junction')
    }
    for (const name of ['csv-parse', '@bufbuild']) link(name, join(project, 'node_modules'))
    for (const name of ['typescript', '@types', 'undici-types', 'onnxruntime-node', 'onnxruntime-common'])
      link(name, modules)
  })

  test('compiles against the types of the tarball', () => {
    expect(run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')], home)).toBe('')
  })

  test('trains, saves, exports and serves', () => {
    expect(run(process.execPath, ['--test', '--test-reporter=tap'], home)).toMatch(/^# pass 4$/m)
  }, 120_000)
})
