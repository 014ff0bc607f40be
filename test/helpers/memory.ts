// What test/programs/memory.ts measures.
import { runProgram } from './program'

interface Sample {
  readonly peakRss: number
  readonly pageFaults: number
  readonly seconds: number
}

/** Samples after a tenth of the steps and at the end, and the program's last value. */
export interface Measured {
  readonly early: Sample
  readonly late: Sample
  readonly last: number
}

export const MB = 1e6

export const measure = (loop: string, steps: number): Measured => runProgram('memory', [loop, steps])

/** How much the peak of resident memory rose after the first tenth of the run. */
export const growth = ({ early, late }: Measured): number => late.peakRss - early.peakRss

export const report = (loop: string, steps: number, { early, late }: Measured): string =>
  `${loop}, ${steps} steps: peak RSS ${(early.peakRss / MB).toFixed(0)} MB after a tenth, ${(late.peakRss / MB).toFixed(0)} MB ` +
  `at the end; ${late.pageFaults} page faults, ${late.pageFaults - early.pageFaults} of them after the first tenth; ` +
  `${late.seconds.toFixed(1)} s`
