import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const variables = JSON.parse(read('native/build.json')).variables as Record<string, string[]>
const isas = Object.keys(variables)
  .filter((key) => key.endsWith('_isas'))
  .flatMap((key) => variables[key])

const sources = readdirSync(join(root, 'native'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.cc'))
  .map((name) => `native/${name.replaceAll('\\', '/')}`)
  .sort()

describe('the build files', () => {
  test('native/build.json lists every source', () => {
    const listed = [...variables.addon_sources, ...variables.kernel_sources]
    expect(listed.sort()).toEqual(sources)
    expect(variables.kernel_sources).toEqual(sources.filter((name) => name.startsWith('native/kernels/')))
  })

  test('native/kernels/kernels.cc lists the function of each file that gives rows', () => {
    const definitions = variables.kernel_sources.flatMap(
      (file) => read(file).match(/(?<=^FileRows )\w+(?=Rows\(\) \{)/gm) ?? []
    )
    const listed = read('native/kernels/kernels.cc').match(/(?<=^ {2}FILE\()\w+/gm)
    expect(listed).toHaveLength(variables.kernel_sources.length - 1)
    expect(listed).toEqual(definitions.sort())
  })

  test('no source includes another', () => {
    for (const file of sources) expect(read(file)).not.toMatch(/#\s*include\s.*\.cc\b/)
  })

  test.each(['binding.gyp', 'CMakeLists.txt'])(
    '%s reads that list and names no source and no flag of its own',
    (file) => {
      const code = read(file).replace(/#.*/g, '')
      expect(code).toContain('native/build.json')
      expect(code).toContain('addon_sources')
      expect(code).not.toMatch(/(?<!test\/)native\/(addon|binding|runtime|kernels)\S*\.cc/)
      expect(code).not.toMatch(/-m(avx|sse|fma)|-ffast-math/)
    }
  )

  test('both compile the kernels once per instruction set, under its name', () => {
    const gyp = read('binding.gyp')
    const targets = [...gyp.matchAll(/"target_name": "kernels_(\w+)"/g)].map((match) => match[1])
    expect(targets).toEqual(isas)
    for (const isa of isas) {
      expect(variables).toHaveProperty(`${isa}_flags`)
      expect(gyp).toContain(`"KERNEL_NS=${isa}"`)
      expect(gyp).toContain(`"<@(${isa}_flags)"`)
    }
    expect(read('CMakeLists.txt')).toContain('KERNEL_NS=${isa}')
  })

  test('no kernel contracts multiply and add, or assumes that math is fast', () => {
    expect(variables.common_flags).toContain('-ffp-contract=off')
    const flags = Object.values(variables).flat()
    for (const flag of [
      '-ffast-math',
      '-Ofast',
      '-funsafe-math-optimizations',
      '-ffinite-math-only',
      '-march=native'
    ]) {
      expect(flags).not.toContain(flag)
    }
  })
})
