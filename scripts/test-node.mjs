// `npm run test:node -- 24`: the suite under that version of Node. `npm run test:node -- 24 --npm 12 test/package`:
// with that version of npm, too, and of the suite only what is named. Both come from the registry, into build-cmake/.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const isWindows = process.platform === 'win32'

function run(program, args, options = {}) {
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options })
  if (status !== 0) process.exit(status ?? 1)
}

/** The folder of a package from the registry. */
function fetched(name, version) {
  const home = join(root, 'build-cmake', `${name}-${version}`)
  const folder = join(home, 'node_modules', name)
  if (existsSync(folder)) return folder
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'package.json'), '{ "private": true }')
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--force', '--loglevel=error']
  run('npm', ['install', `${name}@${version}`, ...options], { cwd: home, shell: isWindows })
  return folder
}

const rest = process.argv.slice(2)
const version = rest.shift()
if (!/^\d+(\.\d+)*$/.test(version ?? ''))
  throw new RangeError(`which version of Node? For example: npm run test:node -- 24`)
const npmAt = rest.indexOf('--npm')
const npm = npmAt < 0 ? undefined : rest.splice(npmAt, 2)[1]

const name = `node-${isWindows ? 'win' : process.platform}-${process.arch}`
const node = join(fetched(name, version), 'bin', isWindows ? 'node.exe' : 'node')
const path = [dirname(node), ...(npm ? [join(dirname(fetched('npm', npm)), '.bin')] : []), process.env.PATH]
const env = { ...process.env, PATH: path.join(delimiter) }

run(process.execPath, ['scripts/setup.mjs'])
run(node, ['--version'])
if (npm) run('npm', ['--version'], { env, shell: isWindows })
const isPackage = rest.some((each) => each.startsWith('test/package'))
const ignored = isPackage ? ['--testPathIgnorePatterns', '/node_modules/'] : []
run(node, ['node_modules/jest/bin/jest.js', ...rest, ...ignored], { env })
