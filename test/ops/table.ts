// All rows: those of every file `*.rows.ts` of the tests. Nobody lists them.

import { readdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import { type Row, table } from '../helpers/rows'

export { table }

const tests = join(__dirname, '..')
const ending = '.rows.ts'
const files = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending))

/** The rows of `test/ops/scan.rows.ts` by `ops/scan`, and so on: the name that the ops' own file has in lib/. */
export const rowsOf: ReadonlyMap<string, readonly Row[]> = new Map(
  files.sort().map((name) => {
    const before = table.length
    require(join(tests, name))
    return [name.slice(0, -ending.length).split(sep).join('/'), table.slice(before)]
  })
)
