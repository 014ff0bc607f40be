// `npm run check -- clang-format`: asks clang-format of each C++ file that has not passed with this content before.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const cache = join(root, 'build-cmake', 'check', 'clang-format.json')

const files = ['native', 'test/native', 'bench/cpp']
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(cc|h)$/.test(name))
      .map((name) => join(folder, name))
  )

const version = spawnSync('clang-format', ['--version'], { encoding: 'utf8' }).stdout
const style = readFileSync(join(root, '.clang-format'))
const digest = (file) =>
  createHash('sha256')
    .update(`${version}\n${style}\n${file}\n`)
    .update(readFileSync(join(root, file)))
    .digest('hex')

function passedBefore() {
  try {
    return new Set(JSON.parse(readFileSync(cache, 'utf8')))
  } catch {
    return new Set()
  }
}

const passed = passedBefore()
const digests = new Map(files.map((file) => [file, digest(file)]))
const changed = files.filter((file) => !passed.has(digests.get(file)))
if (changed.length > 0) {
  const args = ['--dry-run', '-Werror', '--ferror-limit=1', ...changed]
  const { status } = spawnSync('clang-format', args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(1)
  mkdirSync(dirname(cache), { recursive: true })
  writeFileSync(cache, JSON.stringify([...digests.values()]))
}
