// Brings a checkout up to date before `npm test` and `npm start`: installs what the lock file names, generates and
// compiles what has changed.
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { staleAddon } from './stale-addon.cjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const modified = (file) => statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0

function run(program, ...args) {
  const { status } = spawnSync(program, args, {
    cwd: root,
    // npm 10 knows no allowScripts: onnxruntime-node would fetch files for GPUs.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32'
  })
  if (status !== 0) process.exit(status ?? 1)
}

// npm writes this file last, so it is older than the lock file exactly when something may be missing.
if (modified('node_modules/.package-lock.json') < Math.max(modified('package-lock.json'), modified('package.json'))) {
  console.error('Installing the development packages (once)')
  run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error')
}
run(process.execPath, 'scripts/onnx-proto.mjs')
if (modified('build/Release/dyngrad.node') === 0) console.error('Compiling the kernels (once, a minute or two)')
// Another BLAS makes another addon of the same sources.
if (process.env.DYNGRAD_BLAS || staleAddon(root, root) !== undefined)
  run(process.execPath, 'scripts/build-native.mjs', 'release')
