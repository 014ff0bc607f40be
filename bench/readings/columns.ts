// Rows a second of each source of columns, to batches or to features, beside pandas and pyarrow where they are; how
// long the event loop waits while a CSV file of 100 MB streams in, and what memory that takes.

import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Columns, columns, source } from 'dyngrad/data'
import { latenesses, report } from './lateness'
import { print } from './value'

const ROWS = 200_000
const BATCH = 256
const BYTES = 100e6
const LIMIT_MS = 20
const LIMIT_MB = 200

/** Numbers that look random: the same in each run. */
const number = (i: number): number => Math.round(5000 * (1 + Math.sin(i * 12.9898))) / 100

const HEADER = 'a,b,c,d,e,f,g,h,label\n'
const lineOf = (i: number): string =>
  `${[1, 2, 3, 4, 5, 6, 7, 8].map((k) => number(8 * i + k)).join(',')},${['red', 'green', 'blue'][i % 3]}\n`

function writeCsv(file: string, isEnough: (rows: number, bytes: number) => boolean): number {
  const out = openSync(file, 'w')
  let [rows, bytes] = [0, writeSync(out, HEADER)]
  while (!isEnough(rows, bytes)) {
    const lines = Array.from({ length: 1000 }, (_, i) => lineOf(rows + i)).join('')
    bytes += writeSync(out, lines)
    rows += 1000
  }
  closeSync(out)
  return rows
}

const numeric = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const

async function readBatches(data: Columns): Promise<number> {
  let rows = 0
  for await (const { a } of data.select(numeric).batches(BATCH, { dtype: 'float32' })) rows += a.shape[0]
  return rows
}

/** Says rows a second of the better of two runs. */
async function time(name: string, work: () => Promise<number>): Promise<void> {
  let best = Infinity
  let rows = 0
  for (let run = 0; run < 2; run++) {
    const start = performance.now()
    rows = await work()
    best = Math.min(best, performance.now() - start)
  }
  print({ name, value: rows / best / 1000, unit: 'M rows/s' })
}

async function timeSources(csv: string, parquet: string): Promise<void> {
  const data = source.csv(csv)
  const { columns: all } = await data.collect()
  const arrays = Object.fromEntries(Object.entries(all).map(([name, { values }]) => [name, values]))
  const objects: object[] = []
  for await (const row of data.rows()) objects.push(row)
  const sql = (file: string): Columns => source.duckdb(':memory:', `select * from '${file}'`)
  await time('arrays to batches', () => readBatches(columns(arrays)))
  await time('objects to batches', () => readBatches(columns(objects)))
  await time('CSV by csv-parse to batches', () => readBatches(data))
  await time('CSV by DuckDB to batches', () => readBatches(sql(csv)))
  await time('Parquet by hyparquet to batches', () => readBatches(source.parquet(parquet)))
  await time('Parquet by DuckDB to batches', () => readBatches(sql(parquet)))
  const specs = Object.fromEntries(numeric.map((name) => [name, 'numeric' as const]))
  const features = await data.features({ ...specs, label: 'label' })
  await time('arrays to features', async () => {
    let rows = 0
    for await (const [x] of features.batches(columns(arrays), BATCH)) rows += x.shape[0]
    return rows
  })
  const record = objects[0] as Readonly<Record<string, unknown>>
  await time('single records to features', async () => {
    for (let i = 0; i < 20_000; i++) features.transform(record)
    return 20_000
  })
}

function timePython(csv: string, parquet: string): void {
  const script = join(__dirname, '..', 'torch', 'columns.py')
  const { stdout } = spawnSync(process.env.DYNGRAD_PYTHON ?? 'python3', [script, csv, parquet], { encoding: 'utf8' })
  for (const line of (stdout ?? '').split('\n').filter((each) => each !== '')) {
    const { name, seconds } = JSON.parse(line) as { name: string; seconds: number }
    print({ name, value: ROWS / seconds / 1e6, unit: 'M rows/s' })
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dyngrad-bench-'))
  const [csv, parquet, large] = ['rows.csv', 'rows.parquet', 'large.csv'].map((name) => join(folder, name))
  try {
    const rows = writeCsv(large, (_, bytes) => bytes >= BYTES)
    let count = 0
    const { late, duration } = await latenesses(async () => {
      for await (const chunk of source.csv(large)) count += chunk.length
    })
    if (count !== rows) throw new Error(`${count} rows instead of ${rows}`)
    print({ name: 'CSV of 100 MB', value: rows / duration / 1000, unit: 'M rows/s' })
    report('CSV of 100 MB', late, LIMIT_MS)
    print({ name: 'CSV of 100 MB: peak', value: process.resourceUsage().maxRSS / 1024, unit: 'MB', limit: LIMIT_MB })
    rmSync(large)
    writeCsv(csv, (written) => written >= ROWS)
    await source.duckdb(':memory:', `copy (select * from '${csv}') to '${parquet}' (format parquet)`).collect()
    await timeSources(csv, parquet)
    timePython(csv, parquet)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

void main()
