// Compiled functions leave, bit for bit, what they leave when they run: results, arguments written in place, gradients,
// versions, the generator, errors. A failure prints its seed and the smallest program that fails, as text.
import { isSanitized, runProgram } from '../helpers/program'

const PROGRAMS = Number(process.env.DYNGRAD_RANDOM_PROGRAMS ?? (isSanitized ? 100 : 600))
const FIRST = Number(process.env.DYNGRAD_RANDOM_SEED ?? 1)
const SECONDS = 240

interface Found {
  readonly programs: number
  readonly replays: number
  readonly failures: readonly string[]
}

test(`${PROGRAMS} random programs from seed ${FIRST} on replay as they run`, () => {
  const { programs, replays, failures } = runProgram<Found>('tensor-programs', [FIRST, PROGRAMS, SECONDS])
  expect(failures.join('\n\n')).toBe('')
  expect(programs).toBe(PROGRAMS)
  expect(replays).toBeGreaterThan(PROGRAMS)
}, 300_000)
