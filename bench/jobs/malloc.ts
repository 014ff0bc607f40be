// `malloc.ts add <elements>`: adds into fresh memory, and what that costs in page faults. `malloc.ts burst`: the
// resident set of a service that once makes 2 GB of tensors and then serves small requests. Each prints a line of JSON.

import { type Tensor, add, noGrad, ones, rand } from 'dyngrad'

/** Milliseconds of the first add and of the median one, and faults of one. */
export interface Adds {
  readonly first: number
  readonly median: number
  readonly faults: number
}

/**
 * Bytes of the resident set: at the peak, when all is dropped and collected, and after some minutes of small requests.
 */
export interface Burst {
  readonly peak: number
  readonly dropped: number
  readonly later: number
}

const SAMPLES = 25
/** A sample's results, several times what V8 lets lie before it collects. */
const SAMPLE_BYTES = 128e6
const BURST_BYTES = 2e9
const SIZES = [1e5, 1e6, 1e7]
const SERVICE_MS = 150_000
const PAUSE_MS = 50

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function clock(run: () => void): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

function adds(elements: number): Adds {
  const x = ones(elements)
  const times = Math.ceil(SAMPLE_BYTES / 4 / elements)
  const sample = (): number =>
    clock(() => {
      for (let i = 0; i < times; i++) add(x, x)
    }) / times
  const first = clock(() => add(x, x))
  sample()
  const before = process.resourceUsage().minorPageFault
  const samples = Array.from({ length: SAMPLES }, sample).sort((a, b) => a - b)
  const faults = (process.resourceUsage().minorPageFault - before) / SAMPLES / times
  return { first, median: samples[SAMPLES >> 1], faults }
}

function request(): number {
  const x = rand(64, 64)
  return x.matmul(x).tanh().sum().item()
}

/**
 * Tensors of all sizes, with what else a process allocates between them; returns what lives on, a fiftieth of the
 * latter.
 */
function burst(): Buffer[] {
  const tensors: Tensor[] = []
  const others: Buffer[] = []
  for (let i = 0, bytes = 0; bytes < BURST_BYTES; i++) {
    const elements = SIZES[i % SIZES.length]
    for (let n = 0; n < 1e7; n += elements) {
      tensors.push(ones(elements))
      others.push(Buffer.alloc(20_000))
      bytes += 4 * elements
    }
  }
  return others.filter((_, i) => i % 50 === 0)
}

async function service(): Promise<Burst> {
  request()
  const kept = burst()
  const peak = process.memoryUsage.rss()
  for (let i = 0; i < 3; i++) {
    gc!()
    await wait(PAUSE_MS)
  }
  const dropped = process.memoryUsage.rss()
  for (const end = performance.now() + SERVICE_MS; performance.now() < end; await wait(PAUSE_MS)) request()
  const later = process.memoryUsage.rss()
  if (kept.length === 0) throw new Error('nothing lives on')
  return { peak, dropped, later }
}

async function main([way, elements]: string[]): Promise<void> {
  console.log(JSON.stringify(way === 'add' ? noGrad(() => adds(Number(elements))) : await service()))
}

void main(process.argv.slice(2))
