// Workers train in parallel over one thread pool, are terminated in the middle, and the process ends cleanly.
import { isSanitized, runProgram } from './helpers/program'

const ROUNDS = Number(process.env.DYNGRAD_WORKER_ROUNDS ?? (isSanitized ? 6 : 10))

test('workers give the results of the main thread, and their termination harms nobody', () => {
  const outcome = runProgram<{ terminated: number; wrong: number[] }>('workers', [ROUNDS])
  expect(outcome.wrong).toEqual([])
  expect(outcome.terminated).toBe(2 * ROUNDS)
}, 600_000)
