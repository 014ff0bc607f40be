// Finds the native binary and loads it: what `dyngrad build` made, else the prebuilt one of the platform.

import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { BUNDLED } from './bundled'

const COMMAND = '`npx dyngrad build`'
const BUILT = join('build', 'Release', 'dyngrad.node')
// Tools that trace which files a server needs read this expression, and take the folder along.
const PREBUILDS = join(__dirname, '..', 'prebuilds')

/** Where the prebuilt binary of this platform stands; scripts/compile.mjs names it alike. */
function prebuilt(): string {
  const libc = process.platform === 'linux' ? `.${libcName()}` : ''
  return join(PREBUILDS, `${process.platform}-${process.arch}`, `dyngrad${libc}.node`)
}

/**
 * The C library that Node is linked to: the head of its file names the one's loader. (`process.report` knows it too,
 * and takes up to 75 ms.)
 */
function libcName(): 'glibc' | 'musl' {
  const head = Buffer.alloc(4096)
  const file = openSync(process.execPath, 'r')
  readSync(file, head)
  closeSync(file)
  return head.includes('/ld-musl-') ? 'musl' : 'glibc'
}

/** The package around this file, or nothing where a bundler has moved it elsewhere. */
function packageRoot(): string | undefined {
  const root = dirname(__dirname)
  try {
    const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string }
    return name === 'dyngrad' ? root : undefined
  } catch {
    return undefined
  }
}

/** Path of the binary that a process loads; DYNGRAD_PREBUILD names the folder of another build. */
export function addonPath(): string {
  const root = packageRoot()
  if (root === undefined) throw new Error(BUNDLED)
  const chosen = process.env.DYNGRAD_PREBUILD
  if (chosen) {
    const path = join(chosen, BUILT)
    if (existsSync(path)) return path
    throw new Error(`dyngrad: DYNGRAD_PREBUILD is '${chosen}', and there is no ${path}`)
  }
  const built = join(root, BUILT)
  if (existsSync(built)) return built
  const path = prebuilt()
  if (existsSync(path)) return path
  throw new Error(`dyngrad: there is no ${relative(root, path)} for this platform; compile one by ${COMMAND}`)
}

/** Loads the binary; throws a sentence that says what to do. */
export function loadAddon(): unknown {
  const path = addonPath()
  try {
    return createRequire(path)(path) as unknown
  } catch (cause) {
    // The binary itself says what it refuses, such as a wrong environment variable.
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_DLOPEN_FAILED') throw cause
    const [reason] = (cause as Error).message.split('\n')
    throw new Error(
      `dyngrad: its native binary does not load (${reason}); compile one for this machine by ${COMMAND}`,
      {
        cause
      }
    )
  }
}
