// What the compiled addon may hold: checked on Linux with binutils, where the developer's build has left its objects.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '../..')
const objects = ['build-cmake/release', 'build/Release/obj.target']
  .map((folder) => join(root, folder))
  .filter((folder) => existsSync(folder))
  .slice(0, 1)
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
  .filter((name) => /kernels_\w+.*kernels(\.cc)?\.o$/.test(name))
const addon = join(root, 'build/Release/dyngrad.node')

const run = (program: string, ...args: string[]): string[] =>
  spawnSync(program, args, { encoding: 'utf8' }).stdout.split('\n').filter(Boolean)

const isCheckable = process.platform === 'linux' && spawnSync('nm', ['--version']).status === 0 && existsSync(addon)
const describeBinary = isCheckable ? describe : describe.skip

describeBinary('the native binary', () => {
  test.each(objects.map((object) => [/kernels_(\w+?)[./]/.exec(object)![1], object]))(
    '%s kernels share no symbol with another instruction set',
    (_isa, object) => {
      // The linker keeps one copy of a weak symbol, perhaps the one that needs AVX-512.
      expect(run('nm', '--demangle', object).filter((line) => / [WwVu] /.test(line))).toEqual([])
    }
  )

  test.each(objects.map((object) => [/kernels_(\w+?)[./]/.exec(object)![1], object]))(
    '%s kernels call nothing of the C++ library',
    (_isa, object) => {
      const called = run('nm', '--undefined-only', '--demangle', object)
      expect(called.filter((line) => /std::|__cxa_|__gxx_|operator (new|delete)/.test(line))).toEqual([])
    }
  )

  test('exports the two functions of Node-API only', () => {
    const names = run('nm', '--dynamic', '--defined-only', addon).map((line) => line.split(' ').pop()!.split('@')[0])
    expect(names.sort()).toEqual(['napi_register_module_v1', 'node_api_module_get_api_version_v1'])
  })

  test.each([
    ['GLIBC', '2.28'],
    // GCC 8's, which every system with glibc 2.28 has at least.
    ['GLIBCXX', '3.4.25']
  ])('needs no %s newer than the systems that run Node 20 have', (library, floor) => {
    const pattern = new RegExp(`\\(${library}_([\\d.]+)\\)\\s+(\\S+)`)
    const symbols = run('objdump', '--dynamic-syms', addon).map((line) => pattern.exec(line))
    const newer = symbols.filter((match) => match && compareVersions(match[1], floor) > 0)
    expect(newer.map((match) => `${match![2]} of ${library} ${match![1]}`)).toEqual([])
  })
})

function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
