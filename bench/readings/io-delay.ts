// How long save.async() of 256 MiB keeps the event loop waiting: at the call, which copies the state, and while it
// writes.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ones } from 'dyngrad'
import { save } from 'dyngrad/io'
import { latenesses, report } from './lateness'
import { print } from './value'

const TENSORS = 64
const SAVES = 5

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dyngrad-bench-'))
  const state = Array.from({ length: TENSORS }, () => ones([1 << 20]))
  const calls: number[] = []
  const late: number[] = []
  const durations: number[] = []
  for (let i = 0; i < SAVES; i++) {
    const start = performance.now()
    const saved = save.async(state, join(folder, 'state'))
    calls.push(performance.now() - start)
    const written = await latenesses(() => saved)
    late.push(...written.late)
    durations.push(written.duration)
  }
  rmSync(folder, { recursive: true })
  const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]
  print({ name: 'the call copies the state', value: median(calls), unit: 'ms' })
  print({ name: 'until it is on the disk', value: median(durations), unit: 'ms' })
  report(
    'while it is written',
    late.sort((a, b) => a - b)
  )
}

void main()
