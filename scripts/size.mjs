// Prints the lines of each file and fails where one is too long to read: `node scripts/size.mjs [--quiet]`.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const limit = 500
// Files of rows: one op, one kernel, one case after the other.
const rows = { pattern: /^(lib\/ops\/|native\/kernels\/|.*\.table\.ts$)/, limit: 800 }
// Lists that a script writes.
const written = new Set([join('lib', 'surface.ts'), join('lib', 'onnx', 'generated', 'onnx_pb.ts')])
const folders = ['lib', 'native', 'test', 'bench', 'examples', 'scripts']

const root = fileURLToPath(new URL('..', import.meta.url))
const isQuiet = process.argv.includes('--quiet')

function sourcesIn(folder) {
  if (!existsSync(join(root, folder))) return []
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  const sources = entries.filter(
    (entry) =>
      entry.isFile() &&
      /\.(ts|mts|mjs|cjs|cc|h|py)$/.test(entry.name) &&
      !entry.parentPath.split(sep).includes('node_modules')
  )
  const names = sources.map((entry) => relative(root, join(entry.parentPath, entry.name)))
  return names.filter((name) => !written.has(name)).sort()
}

const report = (lines, name) => isQuiet || console.log(`${String(lines).padStart(7)}  ${name}`)

let total = 0
for (const folder of folders) {
  let sum = 0
  for (const file of sourcesIn(folder)) {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length - 1
    const allowed = rows.pattern.test(file) ? rows.limit : limit
    sum += lines
    report(lines, file)
    if (lines > allowed) {
      console.error(`${file}: ${lines} lines, over the limit of ${allowed}; split it`)
      process.exitCode = 1
    }
  }
  report(sum, `${folder}/\n`)
  total += sum
}
report(total, 'in all')
