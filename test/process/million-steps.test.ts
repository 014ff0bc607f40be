// A synchronous loop of a million training steps keeps its memory bounded.
import { MB, growth, measure, report } from '../helpers/memory'
import { isSanitized } from '../helpers/program'

const STEPS = 1_000_000
const RISE = 32 * MB
const PEAK = 250 * MB

const testMemory = isSanitized ? test.skip : test

testMemory(
  'a million steps of the logistic regression run in bounded memory',
  () => {
    const measured = measure('logisticRegression', STEPS)
    console.log(report('logistic regression', STEPS, measured))
    expect(growth(measured)).toBeLessThan(RISE)
    expect(measured.late.peakRss).toBeLessThan(PEAK)
    // The gradient goes to 0 as the loss does to its minimum.
    expect(measured.last).toBeLessThan(0.1)
  },
  300_000
)
