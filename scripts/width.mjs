// Fails where prose or a comment is wider than 120 columns; code is Prettier's. Tables, headings and what cannot be
// broken, such as the text of an error or an address, may be.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const limit = 120
const root = fileURLToPath(new URL('..', import.meta.url))

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8'
})
const files = tracked
  .split('\n')
  .filter((file) => /\.(ts|mts|mjs|cjs|cc|h|py|md)$/.test(file) && file !== 'docs/api.md')

const isComment = (line) => /^\s*(\/\/|\/?\*|#)/.test(line) || /\s\/\/ /.test(line)
const isDirective = (line) => /eslint-disable|prettier-ignore|@ts-/.test(line)
const isTable = (line) => /^\s*(\*\s+|\/\/\s*)?\|/.test(line)
/** One word cannot be broken. */
const hasBreak = (line) => /\S\s+\S/.test(line.slice(0, limit + 1).replace(/^\s*(\/\/|\/?\*+|#+|-|\d+\.)?\s*/, ''))

function tooWide(file) {
  const isProse = file.endsWith('.md')
  let isFenced = false
  return readFileSync(join(root, file), 'utf8')
    .split('\n')
    .flatMap((line, i) => {
      if (isProse && line.startsWith('```')) isFenced = !isFenced
      const counts = isProse ? !isFenced && !/^#/.test(line) : isComment(line)
      return counts && line.length > limit && !isTable(line) && !isDirective(line) && hasBreak(line) ? [i + 1] : []
    })
}

for (const file of files) {
  for (const line of tooWide(file)) {
    console.error(`${file}:${line}: wider than ${limit} columns`)
    process.exitCode = 1
  }
}
