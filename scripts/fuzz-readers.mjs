// `npm run fuzz:readers -- [--count 100000] [--seconds 600] [--seed N] [--reader npz] [--round N]`: damaged files for
// every reader. Each is read or refused in one sentence, within a second and ten times its size and 50 MB. Ends with 1
// where one is not. Readers run in a process of their own, so that one that hangs or ends is found, too.
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const script = fileURLToPath(import.meta.url)
const require = createRequire(import.meta.url)

/** No file is waited for longer; one that takes more than a second is a finding all the same. */
const HANG_MS = 20_000
/** Rounds that a process is given at once. */
const BATCH = 250

function loadFuzz() {
  require('./typescript.cjs')
  return {
    ...require('../test/helpers/reader-fuzz/run.ts'),
    ...require('../test/helpers/reader-fuzz/readers.ts')
  }
}

/** Runs the batches that it is sent, and says before each file which it is. */
function serve(folder) {
  const { ReaderFuzz } = loadFuzz()
  const fuzz = new ReaderFuzz(folder, true)
  process.on('message', async ({ name, seed, first, count }) => {
    for (let round = first; round < first + count; round++) {
      process.send({ round })
      const finding = await fuzz.run(name, seed, round)
      if (finding !== null) process.send({ finding })
    }
    process.send({ done: true, counts: fuzz.counts })
    fuzz.counts = {}
  })
}

/** A process that reads; `work` gives what a batch found. */
class Worker {
  constructor(folder) {
    this.folder = mkdtempSync(join(folder, 'reader-'))
    this.child = fork(script, ['--serve', this.folder], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  }

  work(batch) {
    const { child } = this
    return new Promise((resolve) => {
      const findings = []
      let round = batch.first
      let timer
      const wait = () => {
        clearTimeout(timer)
        timer = setTimeout(() => end(`did not end in ${HANG_MS} ms`), HANG_MS)
      }
      const end = (what, counts = {}) => {
        clearTimeout(timer)
        child.removeAllListeners()
        if (what !== null) findings.push({ reader: batch.name, seed: batch.seed, round, what })
        // The rounds behind one that hangs or ends the process are another batch's.
        const left = what === null ? 0 : batch.first + batch.count - round - 1
        if (what !== null) child.kill('SIGKILL')
        resolve({ findings, counts, left, isOver: what !== null })
      }
      child.on('exit', (code, signal) => end(`ended the process (${signal ?? code})`))
      child.on('message', (message) => {
        if (message.done) return end(null, message.counts)
        if (message.finding) findings.push(message.finding)
        else round = message.round
        wait()
      })
      wait()
      child.send(batch)
    })
  }
}

async function main() {
  const { values: flags } = parseArgs({
    options: Object.fromEntries(
      ['count', 'seconds', 'seed', 'reader', 'round'].map((name) => [name, { type: 'string' }])
    )
  })
  const numberOf = (name, usual) => {
    const value = flags[name] === undefined ? usual : Number(flags[name])
    if (value >= 0) return value
    console.error(`--${name} takes a number of at least 0, got '${flags[name]}'`)
    process.exit(1)
  }
  const { readers } = loadFuzz()
  const names = Object.keys(readers).filter((name) => flags.reader === undefined || name === flags.reader)
  if (names.length === 0) {
    console.error(`There is no reader '${flags.reader}'; there are ${Object.keys(readers).join(', ')}.`)
    process.exit(1)
  }
  const seed = numberOf('seed', Math.floor(Math.random() * 1e6))
  const first = numberOf('round', 0)
  const count = flags.round === undefined ? numberOf('count', 100_000) : 1
  const end = performance.now() + numberOf('seconds', Infinity) * 1000
  console.log(`seed ${seed}`)

  const folder = mkdtempSync(join(tmpdir(), 'dyngrad-fuzz-'))
  const totals = new Map(names.map((name) => [name, { read: 0, refused: 0, slowest: 0, largest: 0 }]))
  const kinds = new Map()
  let worker = new Worker(folder)
  const each = Math.ceil(count / names.length)
  const batches = []
  for (let done = 0; done < each; done += BATCH)
    for (const name of names) batches.push({ name, seed, first: first + done, count: Math.min(BATCH, each - done) })
  while (batches.length > 0 && performance.now() < end) {
    const batch = batches.shift()
    const { findings, counts, left, isOver } = await worker.work(batch)
    const total = totals.get(batch.name)
    for (const { read, refused, slowest, largest } of Object.values(counts)) {
      total.read += read
      total.refused += refused
      total.slowest = Math.max(total.slowest, slowest)
      total.largest = Math.max(total.largest, largest)
    }
    for (const finding of findings) report(finding)
    if (isOver) worker = new Worker(folder)
    if (left > 0) batches.unshift({ ...batch, first: batch.first + batch.count - left, count: left })
  }
  worker.child.kill()
  rmSync(folder, { recursive: true, force: true })

  /** Findings that differ in numbers only count as one. */
  function report({ reader, seed: of, round, what }) {
    const kind = `${reader}: ${what.split('\n')[0].replace(/\d+/g, '#')}`
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    if (kinds.get(kind) === 1) console.log(`\n--reader ${reader} --seed ${of} --round ${round}\n  ${what}`)
  }

  console.log()
  for (const [name, { read, refused, slowest, largest }] of totals) {
    const [ms, mb] = [Math.round(slowest), Math.max(0, largest / 1e6).toFixed(1)]
    console.log(`${name}: ${read} read, ${refused} refused; at most ${ms} ms and ${mb} MB beyond ten times the file`)
  }
  const files = [...totals.values()].reduce((sum, { read, refused }) => sum + read + refused, 0)
  const found = [...kinds.values()].reduce((sum, number) => sum + number, 0)
  console.log(`seed ${seed}: ${files} damaged files, ${found === 0 ? 'nothing found' : `${found} findings`}`)
  process.exitCode = found > 0 || files === 0 ? 1 : 0
}

if (process.argv[2] === '--serve') serve(process.argv[3])
else await main()
