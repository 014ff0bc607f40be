// Runs node-gyp offline where it can, and says what is missing where it fails.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runLines } from './run-lines.mjs'

const toolchains = {
  linux:
    'a C++20 compiler, make and python3 (Debian, Ubuntu: apt install build-essential python3; Alpine: apk add build-base python3)',
  darwin: 'the Xcode command line tools (xcode-select --install) and python3',
  win32:
    'Visual Studio 2022 with "Desktop development with C++" and its component "C++ Clang tools for Windows", and python3'
}

export const toolchain =
  toolchains[process.platform] ?? 'a C++20 compiler (GCC 11 or Clang 14 at least), make and python3'

/** Runs `node-gyp <commands>` in `root`; resolves with the exit status. `readLine` gets what is printed. */
export function nodeGyp(commands, root, readLine) {
  const env = { ...process.env }
  const prefix = dirname(dirname(process.execPath))
  // Node's own headers, when they came with it, spare the download of the same.
  if (existsSync(join(prefix, 'include', 'node', 'common.gypi'))) env.npm_config_nodedir ??= prefix
  const script = process.env.npm_config_node_gyp
  const [program, ...leading] = script ? [process.execPath, script] : ['node-gyp']
  const options = { cwd: root, env, shell: !script && process.platform === 'win32' }
  return runLines(program, [...leading, ...commands, '--jobs', 'max'], options, readLine)
}
