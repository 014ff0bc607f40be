// `npm run test:isa`: the tests that reach kernels, under each instruction set that `npm test` does not use.
// `npm run test:sanitize`: the suite under address and undefined-behaviour sanitizers. Further arguments go to jest;
// paths among them take the place of those named here, and `{isa}` is the instruction set.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addonIn } from './stale-addon.cjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const [variant, ...rest] = process.argv.slice(2)
const paths = rest.filter((each) => !each.startsWith('-'))
const flags = rest.filter((each) => each.startsWith('-'))

// Sets differ in the kernels alone, which all that is above reaches by the same table of rows. Every kernel has rows or
// cases in these folders: a test of test/ops and the fuzzer of test/native/binding ask the addon for the list. Each set
// by itself is what launch/bit-equality tries anyway.
const kernelTests = ['autograd', 'launch', 'native/binding', 'nn', 'ops', 'optim', 'tensor', 'compile/ops']
const ownSets = ['/node_modules/', 'launch/bit-equality', 'test/package/']

const addon = addonIn(process.env.DYNGRAD_PREBUILD || root)

const node = (args, options = {}) => spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', ...options })

/** Runs jest and says whether all is well. */
function jest(env, paths, ...flags) {
  const { status } = node(['node_modules/jest/bin/jest.js', ...paths, ...flags], {
    env: { ...process.env, ...env },
    stdio: 'inherit'
  })
  return status === 0
}

/**
 * The instruction set that the addon uses where none is asked for, or that it is asked for; nothing where the CPU has
 * none such.
 */
function setUsed(isa) {
  const env = { ...process.env, ...(isa && { DYNGRAD_ISA: isa }) }
  const { stdout, stderr, status } = node(['-p', `require(${JSON.stringify(addon)}).isa`], { env })
  if (status === 0) return stdout.trim()
  if (/which this (CPU|build) does not have/.test(stderr)) return undefined
  throw new Error(stderr)
}

const library = (name) => spawnSync('c++', [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout.trim()

const variants = {
  isa() {
    const { variables } = JSON.parse(readFileSync(join(root, 'native', 'build.json'), 'utf8'))
    const usual = setUsed()
    const others = variables[`${process.arch}_isas`].filter((isa) => isa !== usual)
    const results = others.map((isa) => {
      const isMissing = setUsed(isa) === undefined
      console.log(isMissing ? `skipped: this CPU does not have ${isa}` : `DYNGRAD_ISA=${isa}`)
      if (isMissing) return true
      const tests = paths.length > 0 ? paths : kernelTests.map((name) => `test/${name}`)
      const named = flags.map((flag) => flag.replace('{isa}', isa))
      return jest({ DYNGRAD_ISA: isa }, tests, ...named, '--testPathIgnorePatterns', ...ownSets)
    })
    return results.every(Boolean)
  },

  sanitize() {
    if (node(['scripts/build-native.mjs', 'sanitize'], { stdio: 'inherit' }).status !== 0) return false
    return jest(
      {
        DYNGRAD_PREBUILD: join(root, 'build-cmake', 'sanitize'),
        LD_PRELOAD: `${library('libasan.so')} ${library('libstdc++.so')}`,
        // V8 never frees on exit, and who asks for too much memory gets none, as from malloc.
        ASAN_OPTIONS: 'detect_leaks=0:allocator_may_return_null=1'
      },
      paths,
      '--runInBand',
      '--testTimeout=120000',
      ...flags
    )
  }
}

const setUp = node(['scripts/setup.mjs'], { stdio: 'inherit' }).status === 0
process.exitCode = setUp && variants[variant]() ? 0 : 1
