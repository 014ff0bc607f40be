// A synchronous loop of a million compiled steps keeps its memory: what is reachable after a garbage collection is
// compared after a tenth of the steps and at the end, the heap of JavaScript and the buffers outside it apart; and
// resident memory is bounded.
import { MB } from '../helpers/memory'
import { isSanitized, runProgram } from '../helpers/program'

const STEPS = Number(process.env.DYNGRAD_COMPILED_STEPS ?? 1_000_000)

interface Sample {
  readonly heap: number
  readonly external: number
  readonly arrayBuffers: number
  readonly peakRss: number
}

const testMemory = isSanitized ? test.skip : test

testMemory(
  `${STEPS} compiled steps of the logistic regression hold no more at their end than after a tenth`,
  () => {
    const { early, late, loss, programs } = runProgram<{ early: Sample; late: Sample; loss: number; programs: number }>(
      'compiled-memory',
      [STEPS],
      { NODE_OPTIONS: '--expose-gc' }
    )
    expect(Math.abs(late.heap - early.heap)).toBeLessThan(MB)
    expect(Math.abs(late.external - early.external)).toBeLessThan(MB)
    expect(Math.abs(late.arrayBuffers - early.arrayBuffers)).toBeLessThan(MB)
    expect(late.peakRss).toBeLessThan(250 * MB)
    // The gradient goes to 0 as the loss does to its minimum.
    expect(loss).toBeLessThan(0.1)
    expect(programs).toBe(2)
  },
  300_000
)
