// Gives damaged files to readers: each is read, or refused in one sentence that names it, within its time and memory.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Random } from '../random'
import { mutated } from './mutate'
import { type Reader, readers, touch } from './readers'

const MOST_BYTES = 50e6
const MOST_TIMES = 10

/** What went wrong with a damaged file; `seed` and `round` give it again. */
export interface Finding {
  readonly reader: string
  readonly seed: number
  readonly round: number
  readonly what: string
}

/** How many damaged files a reader read and refused. */
export interface Count {
  read: number
  refused: number
  slowest: number
  /** The most bytes beyond ten times the file, of those that a file took. */
  largest: number
}

/** What is said where something in the library or in V8 went wrong, and no reader looked. */
const accident =
  /internal:|undefined|null \(|is not a function|is not iterable|Invalid (typed array|array|string) length|allocation|call stack|Cannot (read|set|create|mix|convert)|heap|ERR_/

/** What is wrong with an error about `file`; null for a sentence. */
function faultOf(error: unknown, file: string, quotes = '\n'): string | null {
  if (!(error instanceof Error)) return `no Error was thrown, but ${String(error)}`
  const { message } = error
  if (message.includes('\n')) return `more than a line: ${message}`
  if (message.length > 1500) return `a message of ${message.length} characters: ${message.slice(0, 200)}`
  if (accident.test(message.split(quotes)[0].replaceAll(file, '')))
    return `no sentence: ${String(error)}\n${String(error.stack)}`
  return message.includes(file) ? null : `the file is not named: ${String(error)}`
}

const hasPeak = process.platform === 'linux'

/** The largest memory since the last call of `resetPeak`, and the memory now. */
function memory(): { peak: number; now: number } {
  const status = readFileSync('/proc/self/status', 'latin1')
  const [peak, now] = ['VmHWM', 'VmRSS'].map((name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)![1]) * 1024)
  return { peak, now }
}

const resetPeak = (): void => writeFileSync('/proc/self/clear_refs', '5')

/** Reads damaged files, one after the other, in a folder of its own. */
export class ReaderFuzz {
  counts: Record<string, Count> = {}
  readonly #seeds = new Map<Reader, Buffer[]>()

  constructor(
    readonly folder: string,
    readonly measures: boolean
  ) {}

  /** One damaged file, which `seed` and `round` choose. */
  async run(name: string, seed: number, round: number): Promise<Finding | null> {
    const reader = readers[name]
    const bytes = mutated(this.#seedsOf(name, reader), new Random(seed * 1_000_003 + round))
    const file = join(this.folder, `damaged${reader.extension}`)
    writeFileSync(file, bytes)
    const what = await this.#read(name, reader, file, bytes.length)
    return what === null ? null : { reader: name, seed, round, what }
  }

  #seedsOf(name: string, reader: Reader): Buffer[] {
    let seeds = this.#seeds.get(reader)
    if (seeds === undefined) {
      const folder = join(this.folder, name)
      mkdirSync(folder)
      this.#seeds.set(reader, (seeds = reader.seeds(folder)))
    }
    return seeds
  }

  async #read(name: string, reader: Reader, file: string, size: number): Promise<string | null> {
    const count = (this.counts[name] ??= { read: 0, refused: 0, slowest: 0, largest: 0 })
    const measures = this.measures && hasPeak
    if (measures) resetPeak()
    const before = measures ? memory().now : 0
    const start = process.cpuUsage()
    let fault: string | null = null
    try {
      touch(await reader.read(file))
      count.read++
    } catch (error) {
      count.refused++
      fault = faultOf(error, file, reader.quotes)
    }
    if (!this.measures) return fault
    // Of the CPU: other work on the machine holds up the clock. What waits for ever is ended from outside.
    const { user, system } = process.cpuUsage(start)
    const took = (user + system) / 1000
    const grown = measures ? memory().peak - before - MOST_TIMES * size : 0
    count.slowest = Math.max(count.slowest, took)
    count.largest = Math.max(count.largest, grown)
    if (took > 1000) return `took ${Math.round(took)} ms`
    return grown > MOST_BYTES ? `took ${grown} bytes beyond ten times its ${size}` : fault
  }
}
