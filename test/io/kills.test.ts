// Processes that are killed while they save. DYNGRAD_KILLS and DYNGRAD_FUZZ_SEED choose how many and when.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import type { Tensor } from '../../lib'
import { CheckpointManager, load, save } from '../../lib/io'
import { temporaryFolder } from '../helpers/folder'
import { programArguments, root } from '../helpers/program'
import { Random } from '../helpers/random'

const KILLS = Number(process.env.DYNGRAD_KILLS ?? 5)
const SEED = Number(process.env.DYNGRAD_FUZZ_SEED ?? 1)
/** A step of the program takes some 30 ms. */
const LONGEST_DELAY = 120

const at = temporaryFolder()
const random = new Random(SEED)

interface State {
  readonly step: number
  readonly x: Tensor
  readonly list: readonly Tensor[]
}

/** Kills a process that saves, at a random time from its first whole step on. */
async function killOne(): Promise<void> {
  const child = spawn(process.execPath, programArguments('saves', [at()]), {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const ended = once(child, 'exit')
  const [said] = await Promise.race([once(child.stdout, 'data'), ended])
  expect(String(said)).toBe('saved\n')
  await setTimeout(random.uniform(0, LONGEST_DELAY))
  child.kill('SIGKILL')
  expect((await ended)[1]).toBe('SIGKILL')
}

/** Throws unless all of a state is of one step, which it returns. */
function wholeStep({ step, x, list }: State): number {
  for (const each of [x, ...list]) expect(each.eq(step).all().item()).toBe(true)
  return step
}

const temporary = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.tmp'))

test(
  `what ${KILLS} killed processes saved loads, whenever they are killed (seed ${SEED})`,
  async () => {
    let last = 0
    for (let i = 0; i < KILLS; i++) {
      await killOne()
      const checkpoints = new CheckpointManager(at('checkpoints'))
      const steps = checkpoints.steps()
      const found = [load(at('sync')), load(at('async')), checkpoints.load()].map((each) => wholeStep(each as State))
      for (const step of steps) expect(wholeStep(checkpoints.load(step) as State)).toBe(step)
      // One after the other: what was saved last is never lost.
      expect(found[0] - found[2]).toBeLessThanOrEqual(1)
      expect(Math.min(...found)).toBeGreaterThan(last)
      expect(readdirSync(at('checkpoints')).filter((name) => !name.endsWith('.tmp')).length).toBe(steps.length)
      // The newest two, the best, and one that was to be removed.
      expect(steps.length).toBeLessThanOrEqual(4)
      expect(temporary(at()).length + temporary(at('checkpoints')).length).toBeLessThanOrEqual(3)
      last = Math.max(...found) - 1
    }
    save({}, at('sync'))
    new CheckpointManager(at('checkpoints')).save(10 ** 9, {})
    expect([...temporary(at()), ...temporary(at('checkpoints'))]).toEqual([])
    expect(existsSync(at('async'))).toBe(true)
  },
  120_000 + KILLS * 5000
)
