// Workers train in parallel over one thread pool, are terminated in the middle, and the process ends cleanly.
import { isSanitized, runProgram } from '../helpers/program'

const ROUNDS = Number(process.env.DYNGRAD_WORKER_ROUNDS ?? (isSanitized ? 6 : 10))

test('workers give the results of the main thread, and their termination harms nobody', () => {
  const outcome = runProgram<{ terminated: number; wrong: number[] }>('workers', [ROUNDS])
  expect(outcome.wrong).toEqual([])
  expect(outcome.terminated).toBe(2 * ROUNDS)
}, 600_000)

test('workers are terminated while they load the addon and while they make programs, and the process goes on', () => {
  const each = isSanitized ? 30 : 300
  expect(runProgram<{ terminated: number }>('terminations', [each]).terminated).toBe(2 * each)
}, 600_000)
