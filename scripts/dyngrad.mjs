#!/usr/bin/env node
// The command `dyngrad`: compiles the native binary where none is prebuilt.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BuildError, compileAddon, findCompiler, toolchain } from './compile.mjs'
import { gypToolchain, nodeGyp } from './node-gyp.mjs'
import { isProgress, progress } from './progress.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const addon = join(root, 'build', 'Release', 'dyngrad.node')
const usage = 'Usage: dyngrad build    compiles the native binary for this machine'

/** What keeps the binary from being loaded, or nothing. */
function faultOf(addon) {
  // What it says of settings is no fault of it.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DYNGRAD_')))
  const { stderr, status } = spawnSync(process.execPath, ['-p', `require(${JSON.stringify(addon)}).isa`], {
    encoding: 'utf8',
    env
  })
  return status === 0 ? undefined : (/^Error: (.*)$/m.exec(stderr)?.[1] ?? `status ${status}`)
}

async function build() {
  const isWindows = process.platform === 'win32'
  const shown = progress('dyngrad')
  const output = []
  const readLine = (line) => {
    shown.read(line)
    if (!isProgress(line)) output.push(line)
  }
  const compiler = isWindows ? undefined : findCompiler()
  console.error(compiler ? `Compiling dyngrad with ${compiler.program}, a few minutes` : 'Compiling dyngrad')
  const status = compiler ? await compileAddon(compiler, addon, { readLine }) : await nodeGyp(root, readLine)
  shown.end()
  if (status !== 0) {
    console.error(output.slice(-30).join('\n'))
    throw new BuildError(`compiling failed (the last lines are above); it needs ${compiler ? toolchain : gypToolchain}`)
  }
  const fault = faultOf(addon)
  if (fault !== undefined) throw new BuildError(`${addon} was compiled, but does not load: ${fault}`)
  console.error(`Compiled ${addon}`)
}

const [command, ...rest] = process.argv.slice(2)
if (command !== 'build' || rest.length > 0) {
  const isHelp = command === '--help' || command === 'help'
  console[isHelp ? 'log' : 'error'](usage)
  process.exitCode = isHelp ? 0 : 1
} else {
  try {
    await build()
  } catch (error) {
    const isKnown = error instanceof BuildError || error.code === 'EACCES' || error.code === 'EROFS'
    if (!isKnown) throw error
    console.error(`dyngrad build: ${error.message}`)
    process.exitCode = 1
  }
}
