// Calls everything that the package exports with plausible and with hostile arguments, in a process of its own: it may
// throw an error with a message; it may never crash, hang, write beside its target or give a tensor that shows what is
// not there. DYNGRAD_FUZZ_SEED and DYNGRAD_FUZZ_CALLS choose the run; DYNGRAD_FUZZ_LIST=1 prints the messages that are
// no sentences for users, none of which may come.

import * as dyngrad from '../../lib'
import type { Report } from '../helpers/public-fuzz/fuzzer'
import { runFuzz } from '../helpers/public-fuzz/run'
import { surfaceOf } from '../helpers/public-fuzz/surface'
import { isSanitized } from '../helpers/program'

const SEED = Number(process.env.DYNGRAD_FUZZ_SEED ?? 1)
const CALLS = Number(process.env.DYNGRAD_FUZZ_CALLS ?? (isSanitized ? 3000 : 18_000))

function print({ accidents }: Report): void {
  const lines = Object.entries(accidents).map(([what, { count, call }]) => `${count} ${what}\n    ${call}`)
  process.stdout.write(`${lines.sort().join('\n')}\n`)
}

describe('the public surface', () => {
  test(`survives plausible and hostile calls (seed ${SEED})`, async () => {
    const report = await runFuzz({ seed: SEED, calls: CALLS })
    if (process.env.DYNGRAD_FUZZ_LIST !== undefined) print(report)
    expect(report.faults).toEqual([])
    expect(report.accidents).toEqual({})
    expect(report.calls).toBe(CALLS)
    // The fuzz comes behind the checks of arguments: of several related tensors one call in four to five fits, and most
    // functions take some of what they are given.
    expect(report.accepted).toBeGreaterThan(CALLS / 5)
    if (CALLS >= 15_000) expect(report.unreached.length).toBeLessThan(report.targets / 5)
  }, 600_000)

  test('is found by reflection', () => {
    const names = surfaceOf({ ...dyngrad, later: { added: () => 1 } }).map(({ name }) => name)
    for (const name of ['add', 'Tensor.mul_', 'nn.functional.linear', 'new optim.SGD', 'compile', 'later.added']) {
      expect(names).toContain(name)
    }
  })
})

describe('the fuzz finds', () => {
  const run = (plant: string, patience = 60): Promise<Report> => runFuzz({ seed: 2, calls: 6000, plant, patience })

  test('a write behind an earlier result', async () => {
    const { faults } = await run('overwrite')
    const found = faults.find((fault) => fault.startsWith('a sentinel'))
    expect(found).toMatch(/^a sentinel of \d+ bytes is overwritten at \d+ with 90, not \d+, in one of\n/)
    expect(found).toContain('plantedOverwrite')
  }, 60_000)

  test('a write behind a result', async () => {
    const { faults } = await run('overrun')
    expect(faults[0]).toMatch(
      /^memory that belongs to no tensor is overwritten with 90, \d+ bytes behind the newest one: /
    )
    expect(faults[0]).toContain('plantedOverrun')
  }, 60_000)

  test('a tensor that shows what is not there', async () => {
    const { faults } = await run('geometry')
    expect(faults[0]).toMatch(/^numel 1 for sizes \[3\]: \d+ .*plantedGeometry/)
  }, 60_000)

  test('an error without a message', async () => {
    const { faults } = await run('message')
    expect(faults[0]).toMatch(/^threw TypeError\n.*plantedMessage/s)
  }, 60_000)

  test('a crash', async () => {
    await expect(run('crash')).rejects.toThrow(/^seed 2 ends with SIGABRT in call \d+ .*plantedCrash/)
  }, 60_000)

  test('a call that does not end', async () => {
    await expect(run('hang', 3)).rejects.toThrow(/^seed 2 hangs after 3 s in call \d+ .*plantedHang/)
  }, 60_000)
})
