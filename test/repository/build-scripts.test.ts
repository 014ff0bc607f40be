// What the build scripts notice and say, in small folders of their own.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeBelow } from '../helpers/files'

const { recordBuild, sourcesHash, staleAddon } = require('../../scripts/stale-addon.cjs') as {
  recordBuild(addon: string, sources: string): void
  sourcesHash(root: string): string
  staleAddon(root: string, folder?: string): string | undefined
}

const checkout = join(__dirname, '../..')
let root: string

const write = (file: string, text: string): string => writeBelow(root, file, text)

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'dyngrad-build-')))
  for (const file of [
    'native/addon.cc',
    'native/kernels/sort.cc',
    'native/build.json',
    'CMakeLists.txt',
    'binding.gyp'
  ])
    write(file, file)
})

afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

/** Runs the statements as a module of scripts/; the lines that it prints. */
function script(code: string, ...args: string[]): string[] {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code, '--', ...args], {
    cwd: join(checkout, 'scripts'),
    encoding: 'utf8'
  })
  return (stdout + stderr).split('\n').filter(Boolean)
}

describe('a stale addon', () => {
  const addon = 'build/Release/dyngrad.node'

  test('is one that was built from other sources', () => {
    recordBuild(write(addon, 'binary'), sourcesHash(root))
    expect(staleAddon(root, root)).toBeUndefined()
    write('native/kernels/sort.cc', 'changed')
    expect(staleAddon(root, root)).toBe(
      'build/Release/dyngrad.node was built from other sources than those in native/: run `npm run build:native`.'
    )
    write('native/kernels/sort.cc', 'native/kernels/sort.cc')
    expect(staleAddon(root, root)).toBeUndefined()
  })

  test.each(['native/kernels/new.h', 'native/build.json', 'CMakeLists.txt', 'binding.gyp'])(
    'follows from a change of %s',
    (file) => {
      recordBuild(write(addon, 'binary'), sourcesHash(root))
      write(file, 'changed')
      expect(staleAddon(root, root)).toMatch(/was built from other sources/)
    }
  )

  test('is one that some other build left', () => {
    write(addon, 'binary')
    const fault = 'Nothing tells which sources build/Release/dyngrad.node was built from: run `npm run build:native`.'
    expect(staleAddon(root, root)).toBe(fault)
    recordBuild(write(addon, 'binary'), sourcesHash(root))
    write(addon, 'another binary')
    expect(staleAddon(root, root)).toBe(fault)
  })

  test('is named with the command that builds it', () => {
    const folder = (name: string): string => join(root, 'build-cmake', name)
    expect(staleAddon(root, root)).toBe('There is no build/Release/dyngrad.node: run `npm run build:native`.')
    expect(staleAddon(root, folder('dev'))).toMatch(/^There is no build-cmake.dev.*: run `npm run build:dev`\.$/)
    expect(staleAddon(root, folder('release-mkl'))).toMatch(/run `DYNGRAD_BLAS=mkl npm run build:native`\.$/)
  })

  test('is not looked for outside the checkout', () => {
    expect(staleAddon(root, join(root, '../elsewhere'))).toBeUndefined()
  })
})

describe('a build folder', () => {
  const elsewhere = (folder: string): string[] =>
    script(
      `import { madeElsewhere } from './copied-build.mjs'
       console.log(madeElsewhere(process.argv[1], process.argv[2]) ?? 'here')`,
      join(root, folder),
      root
    )
  const cmakeCache = (home: string, folder: string): string =>
    `# A cache\nCMAKE_CACHEFILE_DIR:INTERNAL=${folder}\nCMAKE_HOME_DIRECTORY:INTERNAL=${home}\n`

  test('of CMake remembers its checkout and itself', () => {
    const folder = join(root, 'build-cmake/release')
    expect(elsewhere('build-cmake/release')).toEqual(['here'])
    write('build-cmake/release/CMakeCache.txt', cmakeCache(root, folder))
    expect(elsewhere('build-cmake/release')).toEqual(['here'])
    write('build-cmake/release/CMakeCache.txt', cmakeCache('/other', '/other/build-cmake/release'))
    expect(elsewhere('build-cmake/release')).toEqual(['/other'])
    write('build-cmake/release/CMakeCache.txt', cmakeCache(root, join(root, 'build-cmake/debug')))
    expect(elsewhere('build-cmake/release')).toEqual([join(root, 'build-cmake/debug')])
  })
})

const hasCMake = spawnSync('cmake', ['--version']).status === 0

;(hasCMake ? describe : describe.skip)('npm run build:native', () => {
  function build(): { status: number | null; stderr: string } {
    const args = [join(root, 'scripts/build-native.mjs'), 'release']
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    // A busy machine takes long enough for progress to be told.
    return { status, stderr: stderr.replace(/^Compiling release: .*\n/gm, '') }
  }

  beforeEach(() => {
    cpSync(join(checkout, 'scripts'), join(root, 'scripts'), { recursive: true })
    symlinkSync(join(checkout, 'node_modules'), join(root, 'node_modules'), 'junction')
    write('package.json', '{ "name": "small", "dependencies": { "node-addon-api": "" } }')
    write('native/build.json', '{ "variables": { "addon_sources": [], "kernel_sources": [] } }')
    write('native/addon.cc', 'int answer() { return 1; }')
    write(
      'CMakeLists.txt',
      `cmake_minimum_required(VERSION 3.19)
       set(CMAKE_CXX_COMPILER_WORKS ON)
       project(small LANGUAGES CXX)
       add_library(dyngrad MODULE native/addon.cc)
       set_target_properties(dyngrad PROPERTIES
         PREFIX "" SUFFIX ".node" LIBRARY_OUTPUT_DIRECTORY "\${CMAKE_BINARY_DIR}/build/Release")`
    )
  })

  test('says what the compiler says, and leaves no addon that counts as built', () => {
    expect(build()).toMatchObject({ status: 0, stderr: '' })
    expect(staleAddon(root, root)).toBeUndefined()
    write('native/addon.cc', 'int answer() { return one; }')
    const { status, stderr } = build()
    expect(status).toBe(1)
    expect(stderr).toMatch(/addon\.cc:1:.*one[^]*The native build failed/)
    expect(stderr).not.toMatch(/^\[\d+\/\d+\]|^-- /m)
    expect(staleAddon(root, root)).toMatch(/was built from other sources/)
  })

  test('builds a folder anew that was copied from another checkout', () => {
    const other = join(root, 'other')
    for (const name of ['scripts', 'native', 'CMakeLists.txt', 'binding.gyp', 'package.json', 'node_modules'])
      cpSync(join(root, name), join(other, name), { recursive: true, verbatimSymlinks: true })
    writeFileSync(join(other, 'native/addon.cc'), 'const char* answer() { return "of the other"; }')
    spawnSync(process.execPath, [join(other, 'scripts/build-native.mjs'), 'release'])
    for (const name of ['build', 'build-cmake']) cpSync(join(other, name), join(root, name), { recursive: true })
    const addon = join(root, 'build/Release/dyngrad.node')
    expect(readFileSync(addon, 'latin1')).toContain('of the other')
    expect(staleAddon(root, root)).toMatch(/was built from other sources/)
    expect(build()).toMatchObject({
      status: 0,
      stderr: `${join('build-cmake', 'release')} was copied from a build of ${other}; it is built anew.\n`
    })
    expect(readFileSync(addon, 'latin1')).not.toContain('of the other')
    expect(staleAddon(root, root)).toBeUndefined()
  })
})

describe('the progress of a build', () => {
  const shown = (isTTY: boolean, lines: readonly string[]): string =>
    script(
      `import { progress } from './progress.mjs'
       let text = ''
       const stream = { isTTY: process.argv[1] === 'true', write: (part) => (text += part) }
       const shown = progress('release', { stream, pause: 0 })
       for (const line of JSON.parse(process.argv[2])) shown.read(line)
       shown.end()
       console.log(JSON.stringify(text))`,
      String(isTTY),
      JSON.stringify(lines)
    )
      .map((line) => JSON.parse(line) as string)
      .join('')

  test.each([
    ['Ninja', '[12/97] Building CXX object CMakeFiles/a.o', '12 of 97'],
    ['a makefile of CMake', '[  8%] Building CXX object CMakeFiles/a.o', '8 %']
  ])('is read from what %s prints', (_tool, line, state) => {
    expect(shown(false, ['something else', line])).toBe(`Compiling release: ${state}\n`)
  })

  test('is one line on a terminal, which goes away', () => {
    const line = (state: string): string => `\r\u001b[KCompiling release: ${state}`
    expect(shown(true, ['[1/2] a', '[2/2] b'])).toBe(`${line('1 of 2')}${line('2 of 2')}\r\u001b[K`)
  })
})
