// A program of test/process/malloc.test.ts: where large buffers lie, and what becomes of freed ones. Prints one line of
// JSON.
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { native } from '../../lib/native'
import { allocate, bufferOf, recycle } from '../../lib/storage'

const MIB = 1024 * 1024

function heapBytes(): number {
  const line = readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .find((each) => each.endsWith('[heap]'))!
  const [begin, end] = line.split(' ', 1)[0].split('-')
  return Number(BigInt(`0x${end}`) - BigInt(`0x${begin}`))
}

function collect(): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}

const resident = (): number => process.memoryUsage.rss()

/** Resident bytes once they are at most `most`, or after some seconds. */
async function settled(most: number): Promise<number> {
  for (let i = 0; i < 50 && resident() > most; i++) await wait(100)
  return resident()
}

/** Fills 200 MB in blocks that malloc does not map one by one, with blocks that stay between them; returns those. */
function fill(): Buffer[] {
  const stay: Buffer[] = []
  const large: Buffer[] = []
  for (let i = 0; i < 2000; i++) {
    large.push(Buffer.allocUnsafeSlow(100_000).fill(1))
    stay.push(Buffer.allocUnsafeSlow(10_000).fill(1))
  }
  return stay
}

/** Ranges of memory behind which somebody has asked for huge pages. */
const hugeRanges = (): number => readFileSync('/proc/self/smaps', 'utf8').match(/^VmFlags:.* hg\b/gm)?.length ?? 0

/** Whether the bytes of a gradient that is given back serve the next one. */
function recycles(): boolean {
  const storage = allocate(100_000)
  const buffer = bufferOf(storage)
  recycle(storage)
  return bufferOf(allocate(100_000)) === buffer
}

async function main(): Promise<void> {
  const before = heapBytes()
  const buffer = Buffer.allocUnsafeSlow(64 * MIB)
  const grown = heapBytes() - before
  const ranges = hugeRanges()
  const huge = allocate(64 * MIB)
  const settings = { hugePages: hugeRanges() > ranges, recycled: recycles() }
  const start = resident()
  const stay = fill()
  for (let i = 0; i < 5; i++) {
    collect()
    await wait(20)
  }
  const freed = resident() - start
  native.releaseFreedMemory()
  const released = (await settled(start + freed / 2)) - start
  if (buffer.length + stay.length + huge.byteLength === 0) throw new Error('nothing stays')
  console.log(JSON.stringify({ grown, freed, released, ...settings }))
}

void main()
