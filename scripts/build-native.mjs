// Builds the addon: node scripts/build-native.mjs release|debug|sanitize|tests
// Each variant has a folder in build-cmake/ and builds incrementally; DYNGRAD_PREBUILD=<that folder> loads it.
// DYNGRAD_BLAS=openblas|mkl|accelerate|none links that library or none, in a folder of its own: build-cmake/release-openblas.
// The default is accelerate on macOS, else none.
// The release is also put where the loader looks first. Without CMake, node-gyp builds the release.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { nodeGyp, toolchain } from './node-gyp.mjs'

const variants = {
  release: ['--config', 'Release', '--target', 'dyngrad'],
  debug: ['--config', 'Debug', '--target', 'dyngrad'],
  sanitize: ['--config', 'RelWithDebInfo', '--target', 'dyngrad', '--CDDYNGRAD_SANITIZE=address,undefined'],
  tests: ['--config', 'Release', '--target', 'native_tests', '--CDDYNGRAD_NATIVE_TESTS=ON']
}
const root = fileURLToPath(new URL('..', import.meta.url))
const variant = process.argv[2] ?? 'release'
const blas = process.env.DYNGRAD_BLAS
const folderName = blas ? `${variant}-${blas}` : variant
if (!(variant in variants))
  throw new RangeError(`unknown variant '${variant}'; there are ${Object.keys(variants).join(', ')}`)

function cmake() {
  const folder = join(root, 'build-cmake', folderName)
  const script = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js')
  const blasOption = blas ? [`--CDDYNGRAD_BLAS=${blas}`] : []
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, 'build', '--log-level', 'error', '--out', folder, ...blasOption, ...variants[variant]],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 }
  )
  if (status === 0 && folderName === 'release') publish(join(folder, 'build', 'Release', 'dyngrad.node'))
  return { status: status ?? 1, output: stdout + stderr }
}

/** Renames a copy into place: a process that has the old binary mapped keeps it. */
function publish(built) {
  const target = join(root, 'build', 'Release', 'dyngrad.node')
  if (existsSync(target) && statSync(target).mtimeMs >= statSync(built).mtimeMs) return
  mkdirSync(dirname(target), { recursive: true })
  copyFileSync(built, `${target}.${process.pid}`)
  renameSync(`${target}.${process.pid}`, target)
}

/** One build at a time: two terminals may both run the tests. */
async function locked(build) {
  const lock = join(root, 'build-cmake', `${folderName}.lock`)
  mkdirSync(dirname(lock), { recursive: true })
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch {
      if (!isHeld(lock)) rmSync(lock, { force: true })
      await setTimeout(100)
    }
  }
  try {
    return build()
  } finally {
    rmSync(lock, { force: true })
  }
}

function isHeld(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'))
    // The file is empty for an instant after its creation.
    return pid === 0 || process.kill(pid, 0)
  } catch {
    return false
  }
}

const hasCMake = spawnSync('cmake', ['--version']).status === 0
if (!hasCMake && variant !== 'release') throw new Error(`the variant '${variant}' needs CMake 3.19 or newer`)
const { status, output } = await locked(() => (hasCMake ? cmake() : nodeGyp(['configure', 'build'], root)))
if (status !== 0) {
  const noCompiler = /toolset is not available/.test(output)
  if (noCompiler) console.error(`There is no C++ compiler. The native build needs ${toolchain}.`)
  else console.error(`${output.trimEnd()}\n\nThe native build failed. If a tool is missing: it needs ${toolchain}.`)
  process.exitCode = 1
}
