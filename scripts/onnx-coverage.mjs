// `npm run coverage:onnx`: writes the end of docs/onnx.md, the list of public calls without a counterpart in ONNX, from
// the rows in lib/onnx/ops. `--check` says whether it is up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)
require('./typescript.cjs')
const { rows } = require('../lib/onnx/ops/index.ts')

const page = join(root, 'docs', 'onnx.md')
const heading = '## Without a counterpart\n'
const width = 120

/** Names in lines of at most `width` columns. */
function wrapped(names) {
  const lines = ['']
  for (const [i, name] of names.entries()) {
    const word = `\`${name}\`${i + 1 < names.length ? '' : '.'}`
    const line = lines[lines.length - 1]
    if (line.length + word.length + 1 > width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.join('\n')
}

const reasons = new Map()
for (const [name, row] of rows) {
  if (!('reason' in row)) continue
  reasons.set(row.reason, [...(reasons.get(row.reason) ?? []), name.replace(/^Tensor\./, '')])
}
const count = [...reasons.values()].flat().length
const parts = [...reasons].map(([reason, names]) => `Because ${reason}:\n${wrapped([...new Set(names)].sort())}\n`)
const text = readFileSync(page, 'utf8')
const start = text.indexOf(heading)
const intro =
  `${heading}\nWritten by \`npm run coverage:onnx\`: ${rows.size - count} public calls are exported, those in place not ` +
  `counted,\nand these ${count} are refused.\n\n`
const written = text.slice(0, start) + intro + parts.join('\n')

if (process.argv.includes('--check')) {
  if (written !== text) {
    console.error('docs/onnx.md is out of date: run npm run coverage:onnx')
    process.exitCode = 1
  }
} else {
  writeFileSync(page, written)
}
