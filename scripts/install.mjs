// The `install` script: keeps a prebuilt binary that loads, else compiles one.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeGyp, toolchain } from './node-gyp.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

function loads() {
  if (process.env.npm_config_build_from_source) return false
  try {
    createRequire(import.meta.url)('node-gyp-build')(root)
    return true
  } catch {
    return false
  }
}

// Only a checkout has this file; there scripts/setup.mjs builds.
const isCheckout = existsSync(join(root, 'CMakeLists.txt'))

if (!isCheckout && !loads()) {
  const output = []
  const status = await nodeGyp(['rebuild'], root, (line) => output.push(line))
  if (status !== 0 || !loads()) {
    const system = `${process.platform}-${process.arch}, Node ${process.version}`
    console.error(output.slice(-30).join('\n'))
    console.error(
      `\ndyngrad: there is no prebuilt binary for ${system}, and compiling one failed (the compiler's last lines are above).`
    )
    console.error(`A build needs ${toolchain}. Install them, then run: npm rebuild dyngrad`)
    process.exitCode = 1
  }
}
