// Compiles the addon with a C++ compiler and nothing else, from the list in native/build.json. The headers of Node-API
// come with the package's dependencies.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runLines } from './run-lines.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const archs = { x86_64: 'x64', amd64: 'x64', aarch64: 'arm64', arm64: 'arm64' }
const installs = {
  linux: 'Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++; Alpine: apk add g++',
  darwin: 'xcode-select --install'
}

/** What a build needs, for who lacks it. */
export const toolchain = `a C++20 compiler (GCC 11 or Clang 14 at least${installs[process.platform] ? `; ${installs[process.platform]}` : ''})`

/** A fault whose message is all that the user wants to read. */
export class BuildError extends Error {}

/** The compiler that CXX names, or the first that there is, and what it compiles for. */
export function findCompiler() {
  const wanted = process.env.CXX
  for (const command of wanted ? [wanted] : ['c++', 'g++', 'clang++']) {
    const [program, ...args] = command.trim().split(/\s+/)
    const { status, stdout } = spawnSync(program, [...args, '-dumpmachine'], { encoding: 'utf8' })
    if (status === 0) return { program, args, ...targetOf(stdout.trim()) }
  }
  throw new BuildError(
    wanted ? `CXX is '${wanted}', which does not run` : `there is no C++ compiler; it needs ${toolchain}`
  )
}

/** Platform, architecture and libc of a triple such as `aarch64-linux-gnu`. */
function targetOf(triple) {
  const machine = triple.split('-')[0]
  // On macOS a compiler makes either.
  const platform = /apple|darwin/.test(triple) ? 'darwin' : /linux/.test(triple) ? 'linux' : process.platform
  const arch = platform === 'darwin' ? process.arch : archs[machine]
  if (!archs[machine]) throw new BuildError(`there are no kernels for ${machine}, only for x64 and arm64`)
  return { platform, arch, libc: platform !== 'linux' ? undefined : /musl/.test(triple) ? 'musl' : 'glibc' }
}

/** Where the prebuilt binary of a target stands; lib/addon.ts looks there. */
export const prebuilt = ({ platform, arch, libc }) =>
  join('prebuilds', `${platform}-${arch}`, libc ? `dyngrad.${libc}.node` : 'dyngrad.node')

function includeOf(dependency) {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${dependency}/package.json`))
  } catch {
    throw new BuildError(`the package ${dependency} is missing; install dyngrad with its dependencies`)
  }
}

const blasLibraries = {
  openblas: ['-lopenblas'],
  mkl: ['-lmkl_rt'],
  accelerate: ['-framework', 'Accelerate'],
  none: []
}

/** Compiler arguments: a list for each unit, and how their objects are linked. */
function plan({ platform, arch }, isStripped) {
  const { variables } = JSON.parse(readFileSync(join(root, 'native', 'build.json'), 'utf8'))
  const isMac = platform === 'darwin'
  const blas = process.env.DYNGRAD_BLAS || (isMac ? 'accelerate' : 'none')
  const libraries = blasLibraries[blas]
  if (!libraries)
    throw new BuildError(`DYNGRAD_BLAS must be one of ${Object.keys(blasLibraries).join(', ')}, got '${blas}'`)
  const machine = isMac ? ['-arch', arch === 'x64' ? 'x86_64' : arch, '-mmacosx-version-min=11.0'] : []
  const common = [...machine, '-O3', '-DNDEBUG', '-fPIC', '-Inative', ...variables.common_flags]
  const addon = [
    ...variables.addon_flags,
    ...variables.addon_defines.map((name) => `-D${name}`),
    ...(blas === 'none' ? [] : ['-DDYNGRAD_BLAS', `-DDYNGRAD_BLAS_${blas.toUpperCase()}`]),
    `-I${includeOf('node-addon-api')}`,
    `-I${join(includeOf('node-api-headers'), 'include')}`
  ]
  const kernels = variables[`${arch}_isas`].map((isa) => [
    ...variables.kernel_flags,
    ...variables[`${isa}_flags`],
    `-DKERNEL_NS=${isa}`
  ])
  const units = [
    ...variables.addon_sources.map((source) => [...common, ...addon, source]),
    ...kernels.flatMap((flags) => variables.kernel_sources.map((source) => [...common, ...flags, source]))
  ]
  const link = isMac
    ? [...machine, '-bundle', '-undefined', 'dynamic_lookup', '-Wl,-dead_strip', ...(isStripped ? ['-Wl,-x'] : [])]
    : ['-shared', '-pthread', ...variables.linux_link_flags, '-Wl,--version-script=native/exports.map']
  if (!isMac && isStripped) link.push('-s')
  return { units, link, libraries }
}

/**
 * Compiles the addon into the file `addon`. `readLine` gets a line `[done/all] source` for each unit, and what the
 * compiler says. Resolves with its exit status.
 */
export async function compileAddon(compiler, addon, { isStripped = false, readLine = () => undefined } = {}) {
  const { units, link, libraries } = plan(compiler, isStripped)
  const objects = mkdtempSync(join(tmpdir(), 'dyngrad-'))
  const run = (args) => runLines(compiler.program, [...compiler.args, ...args], { cwd: root }, readLine)
  const objectOf = (number) => join(objects, `${number}.o`)
  let started = 0
  let done = 0
  let status = 0
  async function compileSome() {
    while (status === 0 && started < units.length) {
      const number = started++
      const failure = await run([...units[number], '-c', '-o', objectOf(number)])
      if (failure !== 0) status = failure
      else readLine(`[${++done}/${units.length}] ${units[number].at(-1)}`)
    }
  }
  try {
    mkdirSync(dirname(addon), { recursive: true })
    const jobs = Number(process.env.JOBS) || availableParallelism()
    await Promise.all(Array.from({ length: jobs }, compileSome))
    if (status !== 0) return status
    // Renamed into place: a process that has the old binary mapped keeps it.
    const linked = `${addon}.${process.pid}`
    status = await run([...link, ...units.map((_, number) => objectOf(number)), ...libraries, '-o', linked])
    if (status === 0) renameSync(linked, addon)
    return status
  } finally {
    rmSync(objects, { recursive: true, force: true })
  }
}
