// `npm run prebuilds`: makes prebuilds/<platform>-<arch>/ with the compiler that CXX names, for what it compiles for:
// `CXX=aarch64-linux-gnu-g++ npm run prebuilds` makes that of Linux on Arm.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BuildError, compileAddon, findCompiler, prebuilt } from './compile.mjs'
import { nodeGyp } from './node-gyp.mjs'
import { progress } from './progress.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

async function compile() {
  const compiler = findCompiler()
  const path = prebuilt(compiler)
  const shown = progress(path)
  const readLine = (line) => {
    shown.read(line)
    if (!/^\[/.test(line)) console.error(line)
  }
  const status = await compileAddon(compiler, join(root, path), { isStripped: true, readLine })
  shown.end()
  return status
}

// In a copy, since node-gyp empties its build/ first.
async function compileByGyp() {
  mkdirSync(join(root, 'build-cmake'), { recursive: true })
  const copy = mkdtempSync(join(root, 'build-cmake', 'prebuild-'))
  for (const name of ['package.json', 'binding.gyp', 'native'])
    cpSync(join(root, name), join(copy, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
  const status = await nodeGyp(copy, console.error)
  const path = join(root, prebuilt(process))
  if (status === 0) {
    mkdirSync(dirname(path), { recursive: true })
    cpSync(join(copy, 'build', 'Release', 'dyngrad.node'), path)
  }
  rmSync(copy, { recursive: true, force: true })
  return status
}

try {
  process.exitCode = await (process.platform === 'win32' ? compileByGyp() : compile())
} catch (error) {
  if (!(error instanceof BuildError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
