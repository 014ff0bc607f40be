// Says whether an addon is what the sources of this checkout make: a build leaves a record beside it. The published
// package has no such file and never asks.
const { createHash } = require('node:crypto')
const { existsSync, readFileSync, readdirSync, writeFileSync } = require('node:fs')
const { basename, dirname, isAbsolute, join, relative, sep } = require('node:path')

const recordOf = (addon) => join(dirname(addon), 'dyngrad.built.json')
const hashOf = (content) => createHash('sha256').update(content).digest('hex')

/** A hash of everything that an addon is compiled from. */
function sourcesHash(root) {
  const native = readdirSync(join(root, 'native'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(cc|h|json|map)$/.test(name))
    .map((name) => `native/${name.replaceAll('\\', '/')}`)
  const hash = createHash('sha256')
  for (const name of [...native.sort(), 'CMakeLists.txt', 'binding.gyp'])
    hash.update(`${name}\n${hashOf(readFileSync(join(root, name)))}\n`)
  return hash.digest('hex')
}

/** Records which sources the addon was built from. */
function recordBuild(addon, sources) {
  const record = { sources, binary: hashOf(readFileSync(addon)) }
  writeFileSync(recordOf(addon), `${JSON.stringify(record, null, 2)}\n`)
}

/** The hash of an addon's sources, or nothing where there is no record or one of another binary. */
function recordedSources(addon) {
  try {
    const { sources, binary } = JSON.parse(readFileSync(recordOf(addon), 'utf8'))
    return binary === hashOf(readFileSync(addon)) ? sources : undefined
  } catch {
    return undefined
  }
}

/**
 * What makes the addon of a folder: `build-cmake/release-mkl` is that of the variant `release` with `DYNGRAD_BLAS=mkl`.
 */
function commandFor(folder) {
  const [variant, blas] = basename(folder).split('-')
  const command = `npm run build:${variant === 'debug' || variant === 'dev' || variant === 'sanitize' ? variant : 'native'}`
  return variant === 'release' && blas ? `DYNGRAD_BLAS=${blas} ${command}` : command
}

/** The addon that a process loads from `folder`, unless there is only a prebuilt one. */
const addonIn = (folder) => join(folder, 'build', 'Release', 'dyngrad.node')

/**
 * What is wrong with the addon that this process would load, or nothing. One from elsewhere is not judged: somebody
 * chose it.
 */
function staleAddon(root, folder = process.env.DYNGRAD_PREBUILD || root) {
  const addon = addonIn(folder)
  const path = relative(root, addon)
  if (isAbsolute(path) || path.startsWith(`..${sep}`)) return undefined
  const sources = recordedSources(addon)
  if (sources === sourcesHash(root)) return undefined
  const advice = `run \`${commandFor(folder)}\`.`
  if (!existsSync(addon)) return `There is no ${path}: ${advice}`
  if (sources === undefined) return `Nothing tells which sources ${path} was built from: ${advice}`
  return `${path} was built from other sources than those in native/: ${advice}`
}

module.exports = { addonIn, recordBuild, sourcesHash, staleAddon }
