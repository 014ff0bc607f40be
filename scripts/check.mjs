// `npm run check`: everything that can be said about the sources without running them. `npm run check -- types lint`
// runs some.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name) => join('node_modules', '.bin', name)

// What passed before is not asked again, until a file, a tool or its configuration changes. A cache of other tools is
// another file.
const caches = 'build-cmake/check'
const tools = createHash('sha256').update(process.version)
for (const file of ['package-lock.json', 'eslint.config.mjs', '.prettierrc.json', '.prettierignore', '.editorconfig'])
  tools.update(readFileSync(join(root, file)))
const key = tools.digest('hex').slice(0, 16)
const cached = (name) => ['--cache', '--cache-strategy', 'content', '--cache-location', `${caches}/${name}-${key}`]

const checks = {
  types: [bin('tsc'), '--project', 'tsconfig.json'],
  lint: [bin('eslint'), '.', '--max-warnings', '0', ...cached('eslint')],
  format: [bin('prettier'), '--check', '--log-level', 'warn', '.', ...cached('prettier')],
  'clang-format': [process.execPath, 'scripts/clang-format.mjs'],
  surface: [process.execPath, 'scripts/surface.mjs', '--check'],
  exports: [process.execPath, 'scripts/exports.mjs', '--check'],
  layers: [process.execPath, 'scripts/layers.mjs'],
  size: [process.execPath, 'scripts/size.mjs', '--quiet'],
  width: [process.execPath, 'scripts/width.mjs']
}

function run(name) {
  const [program, ...args] = checks[name]
  const start = performance.now()
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, shell: process.platform === 'win32' })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ name, passed: false, output: String(error), start }))
    child.on('close', (status) => resolve({ name, passed: status === 0, output, start }))
  })
}

function report({ name, passed, output, start }) {
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`)
  if (!passed) console.log(output.trimEnd())
  return passed
}

// What the sources import and no one commits.
spawnSync(process.execPath, ['scripts/onnx-proto.mjs'], { cwd: root, stdio: 'inherit' })

const wanted = process.argv.slice(2)
const names = Object.keys(checks).filter((name) => wanted.length === 0 || wanted.includes(name))
if (names.includes('clang-format') && spawnSync('clang-format', ['--version']).status !== 0) {
  names.splice(names.indexOf('clang-format'), 1)
  console.log('skip clang-format (it is not installed)')
}
const results = await Promise.all(names.map(async (name) => report(await run(name))))
process.exitCode = results.every(Boolean) ? 0 : 1
