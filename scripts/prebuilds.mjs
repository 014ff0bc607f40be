// `npm run prebuilds`: makes prebuilds/<platform>-<arch>/ by the shipped build, in a copy: node-gyp empties its build/
// first.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
mkdirSync(join(root, 'build-cmake'), { recursive: true })
const copy = mkdtempSync(join(root, 'build-cmake', 'prebuild-'))
for (const name of ['package.json', 'binding.gyp', 'native'])
  cpSync(join(root, name), join(copy, name), { recursive: true })
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')

const env = { JOBS: 'max', ...process.env }
const prefix = dirname(dirname(process.execPath))
if (existsSync(join(prefix, 'include', 'node', 'common.gypi'))) env.npm_config_nodedir ??= prefix

const script = createRequire(import.meta.url).resolve('prebuildify/bin.js')
const options = ['--napi', '--strip', '--tag-libc', '--target', process.versions.node, '--out', root]
const { status } = spawnSync(process.execPath, [script, ...options], { cwd: copy, env, stdio: 'inherit' })
rmSync(copy, { recursive: true, force: true })
process.exitCode = status ?? 1
