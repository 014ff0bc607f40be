// Compiles the addon on Windows, where node-gyp finds Visual Studio and what a binary links against.
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runLines } from './run-lines.mjs'

export const gypToolchain =
  'Visual Studio 2022 with "Desktop development with C++" and its component "C++ Clang tools for Windows", and python3'

/** Runs the node-gyp that comes with npm; resolves with the exit status. `readLine` gets what is printed. */
export async function nodeGyp(root, readLine) {
  // The package has its gyp file in native/, since npm runs node-gyp where one stands in the root.
  const folder = existsSync(join(root, 'binding.gyp')) ? root : join(root, 'native')
  const bundled = join(
    dirname(process.execPath),
    'node_modules',
    'npm',
    'node_modules',
    'node-gyp',
    'bin',
    'node-gyp.js'
  )
  const script = process.env.npm_config_node_gyp ?? bundled
  const args = [script, 'rebuild', '--directory', folder, '--jobs', 'max']
  const status = await runLines(process.execPath, args, { cwd: root }, readLine)
  if (status !== 0 || folder === root) return status
  const addon = join('build', 'Release', 'dyngrad.node')
  mkdirSync(join(root, 'build', 'Release'), { recursive: true })
  cpSync(join(folder, addon), join(root, addon))
  return 0
}
