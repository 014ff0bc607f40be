// Builds the addon: node scripts/build-native.mjs release|dev|debug|sanitize|tests Each variant has a folder in
// build-cmake/ and builds incrementally; DYNGRAD_PREBUILD=<that folder> loads it. The C++ tests are in that of the
// release. DYNGRAD_BLAS=openblas|mkl|accelerate|none links that library or none, in a folder of its own:
// build-cmake/release-openblas. The default is accelerate on macOS, else none. The release is also put where the loader
// looks first. Without CMake, scripts/compile.mjs builds the release, as `dyngrad build` does.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { madeElsewhere } from './copied-build.mjs'
import { BuildError, compileAddon, findCompiler, toolchain } from './compile.mjs'
import { gypToolchain, nodeGyp } from './node-gyp.mjs'
import { isProgress, progress } from './progress.mjs'
import { runLines } from './run-lines.mjs'
import { recordBuild, sourcesHash } from './stale-addon.cjs'

const variants = {
  release: ['--config', 'Release', '--target', 'dyngrad'],
  dev: ['--config', 'Release', '--target', 'dyngrad', '--CDDYNGRAD_DEV=ON'],
  debug: ['--config', 'Debug', '--target', 'dyngrad'],
  sanitize: [
    '--config',
    'RelWithDebInfo',
    '--target',
    'dyngrad',
    '--CDDYNGRAD_SANITIZE=address,undefined,float-cast-overflow'
  ],
  tests: ['--config', 'Release', '--target', 'native_tests', '--CDDYNGRAD_NATIVE_TESTS=ON']
}
const root = fileURLToPath(new URL('..', import.meta.url))
const variant = process.argv[2] ?? 'release'
const blas = process.env.DYNGRAD_BLAS
// The C++ tests link the kernels of the release.
const kind = variant === 'tests' ? 'release' : variant
const folderName = blas ? `${kind}-${blas}` : kind
if (!(variant in variants))
  throw new RangeError(`unknown variant '${variant}'; there are ${Object.keys(variants).join(', ')}`)

const folder = join(root, 'build-cmake', folderName)
const published = join(root, 'build', 'Release', 'dyngrad.node')
const hasCMake = spawnSync('cmake', ['--version']).status === 0
if (!hasCMake && variant !== 'release') throw new Error(`the variant '${variant}' needs CMake 3.19 or newer`)

function forgetElsewhere(folder) {
  const elsewhere = madeElsewhere(folder, root)
  if (!elsewhere) return
  console.error(`${relative(root, folder)} was copied from a build of ${elsewhere}; it is built anew.`)
  rmSync(folder, { recursive: true })
}

function cmake(readLine) {
  forgetElsewhere(folder)
  // cmake-js configures a folder once only, and this one may be configured for the addon alone.
  if (variant === 'tests' && existsSync(join(folder, 'CMakeCache.txt')))
    spawnSync('cmake', ['-DDYNGRAD_NATIVE_TESTS=ON', folder])
  const script = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js')
  const blasOption = blas ? [`--CDDYNGRAD_BLAS=${blas}`] : []
  const args = ['build', '--log-level', 'error', '--out', folder, ...blasOption, ...variants[variant]]
  // Makefiles compile one unit at a time unless they are told.
  const env = { CMAKE_BUILD_PARALLEL_LEVEL: String(availableParallelism()), ...process.env }
  return runLines(process.execPath, [script, ...args], { cwd: root, env }, readLine)
}

function withoutCMake(readLine) {
  if (process.platform === 'win32') return nodeGyp(root, readLine)
  return compileAddon(findCompiler(), published, { readLine })
}

async function build(readLine) {
  // An edit during the build makes the addon one of other sources.
  const sources = sourcesHash(root)
  const status = await (hasCMake ? cmake(readLine) : withoutCMake(readLine))
  if (status !== 0 || variant === 'tests') return status
  const built = join(folder, 'build', 'Release', 'dyngrad.node')
  if (hasCMake) recordBuild(built, sources)
  if (hasCMake && folderName === 'release') publish(built)
  if (!hasCMake || folderName === 'release') recordBuild(published, sources)
  return status
}

/** Renames a copy into place: a process that has the old binary mapped keeps it. */
function publish(built) {
  if (existsSync(published) && readFileSync(published).equals(readFileSync(built))) return
  mkdirSync(dirname(published), { recursive: true })
  copyFileSync(built, `${published}.${process.pid}`)
  renameSync(`${published}.${process.pid}`, published)
}

/** One build at a time: two terminals may both run the tests. */
async function locked(work) {
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
    return await work()
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

const needs = process.platform === 'win32' ? gypToolchain : `${toolchain}, and make or Ninja beside CMake`
const shown = progress(variant)
const output = []
const readLine = (line) => {
  shown.read(line)
  if (!isProgress(line)) output.push(line)
}
const status = await locked(() => build(readLine)).catch((error) => {
  if (!(error instanceof BuildError)) throw error
  output.push(error.message)
  return 1
})
shown.end()
if (status !== 0) {
  const text = output.join('\n').trimEnd()
  const noCompiler = /toolset is not available/.test(text)
  if (noCompiler) console.error(`There is no C++ compiler. The native build needs ${needs}.`)
  else console.error(`${text}\n\nThe native build failed. If a tool is missing: it needs ${needs}.`)
  process.exitCode = 1
}
