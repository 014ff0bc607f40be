// Which native binary a process loads, and what it says where it finds none, in small packages of their own.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as ts from 'typescript'
import { addonPath } from '../../lib/addon'
import { writeBelow } from '../helpers/files'

const built = join('build', 'Release', 'dyngrad.node')
const prebuilt = (libc = 'glibc'): string =>
  join('prebuilds', `${process.platform}-${process.arch}`, `dyngrad.${libc}.node`)
const real = addonPath()

let root: string

const write = (file: string, text: string): string => writeBelow(root, file, text)

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'dyngrad-addon-')))
  for (const name of ['addon', 'bundled']) {
    const text = readFileSync(join(__dirname, '../../lib', `${name}.ts`), 'utf8')
    const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 }
    write(`dist/${name}.js`, ts.transpileModule(text, { compilerOptions }).outputText)
  }
  write('package.json', '{ "name": "dyngrad" }')
})

afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

/** What the expression over the loader gives in a process of its own, or the message of its error. */
function evaluate(expression: string, env: NodeJS.ProcessEnv = {}): string {
  const code = `const { addonPath, loadAddon } = require('./dist/addon.js')
    try { console.log(${expression}) } catch (error) { console.log(error.message) }`
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', code], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, DYNGRAD_PREBUILD: undefined, ...env }
  })
  return (stdout + stderr).trim()
}

const describeLinux = process.platform === 'linux' ? describe : describe.skip

describeLinux('the native binary', () => {
  test('is what was compiled here, else the prebuilt one of this platform and C library', () => {
    write(prebuilt('musl'), '')
    expect(evaluate('addonPath()')).toMatch(/there is no prebuilds/)
    write(prebuilt(), '')
    expect(evaluate('addonPath()')).toBe(join(root, prebuilt()))
    write(built, '')
    expect(evaluate('addonPath()')).toBe(join(root, built))
  })

  test('is that of the folder in DYNGRAD_PREBUILD, where it is set', () => {
    write(prebuilt(), '')
    const chosen = join(root, 'build-cmake', 'dev')
    expect(evaluate('addonPath()', { DYNGRAD_PREBUILD: chosen })).toBe(
      `dyngrad: DYNGRAD_PREBUILD is '${chosen}', and there is no ${join(chosen, built)}`
    )
    const path = write(join('build-cmake', 'dev', built), '')
    expect(evaluate('addonPath()', { DYNGRAD_PREBUILD: chosen })).toBe(path)
  })

  test('is loaded', () => {
    mkdirSync(dirname(join(root, prebuilt())), { recursive: true })
    copyFileSync(real, join(root, prebuilt()))
    expect(evaluate('typeof loadAddon().launch')).toBe('function')
  })
})

describeLinux('a machine without a binary', () => {
  test('is told by one sentence which command makes one', () => {
    expect(evaluate('loadAddon()')).toBe(
      `dyngrad: there is no ${prebuilt()} for this platform; compile one by \`npx dyngrad build\``
    )
  })

  test('is told so, too, where a binary does not load, and why', () => {
    write(prebuilt(), 'not a library')
    expect(evaluate('loadAddon()')).toMatch(
      /^dyngrad: its native binary does not load \(.*\); compile one for this machine by `npx dyngrad build`$/
    )
  })

  test.each([
    ['another package', '{ "name": "server" }'],
    ['a folder that is no package', '{}']
  ])('is told to mark dyngrad as external where the code was moved into %s', (_, text) => {
    write('package.json', text)
    expect(evaluate('loadAddon()')).toBe(
      'dyngrad: a bundler has moved it away from its native binary; mark dyngrad as external in the bundler and ' +
        'ship node_modules/dyngrad (docs/deploying.md)'
    )
  })
})

describe('a setting that the binary refuses', () => {
  const settings: [name: string, value: string, allowed: RegExp][] = [
    ...['abc', '-1', '0', '1.5', '2 ', '99999999999'].map((value): [string, string, RegExp] => [
      'DYNGRAD_NUM_THREADS',
      value,
      /^DYNGRAD_NUM_THREADS must be a whole number in 1\.\.\d+, got '%s'$/
    ]),
    ['DYNGRAD_ISA', 'avx9', /^DYNGRAD_ISA must be one of [\w, ]+, got '%s'$/],
    ['DYNGRAD_ISA', 'AVX2', /^DYNGRAD_ISA must be one of [\w, ]+, got '%s'$/],
    ['DYNGRAD_MALLOC', 'glibc', /^DYNGRAD_MALLOC must be one of keep, system, got '%s'$/]
  ]

  test.each(settings)(
    '%s=%s: its name, the value and what is allowed are all that the error says',
    (name, value, allowed) => {
      mkdirSync(dirname(join(root, built)), { recursive: true })
      copyFileSync(real, join(root, built))
      expect(evaluate('loadAddon()', { [name]: value })).toMatch(new RegExp(allowed.source.replace('%s', value)))
    }
  )
})
