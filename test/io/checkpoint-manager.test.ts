// Folders of checkpoints.

import { readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { ones } from '../../lib'
import { CheckpointManager, load } from '../../lib/io'
import { thrown } from '../helpers/check'
import { temporaryFolder } from '../helpers/folder'

const at = temporaryFolder()
let folders = 0
/** A new folder's path. */
const folder = (): string => at('runs', String(++folders))

/** What is warned of while `run` runs. */
function warnings(run: () => void): string[] {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation()
  try {
    run()
    return warn.mock.calls.map(([message]) => String(message))
  } finally {
    warn.mockRestore()
  }
}

describe('CheckpointManager', () => {
  test('gives back the newest, or that of a step', () => {
    const checkpoints = new CheckpointManager(pathToFileURL(folder()))
    expect([checkpoints.load(), checkpoints.latest(), checkpoints.best(), checkpoints.steps()]).toEqual([
      null,
      null,
      null,
      []
    ])
    for (const step of [0, 5, 10]) expect(checkpoints.save(step, { step, x: ones(2) })).toBe(true)
    expect([checkpoints.latest(), checkpoints.steps()]).toEqual([10, [0, 5, 10]])
    expect([checkpoints.load().step, checkpoints.load(5).step, checkpoints.load({ step: 0 } as never).step]).toEqual([
      10, 5, 0
    ])
    expect(load(checkpoints.path(5)).step).toBe(5)
    expect(readdirSync(checkpoints.dir)[0]).toBe('checkpoint-00000000.safetensors')
  })

  test('saves at multiples of `every`, and where it is forced', () => {
    const checkpoints = new CheckpointManager(folder(), { every: 4 })
    const saved = [1, 4, 6, 8].map((step) => checkpoints.save(step, {}))
    expect([saved, checkpoints.save(9, {}, { force: true }), checkpoints.steps()]).toEqual([
      [false, true, false, true],
      true,
      [4, 8, 9]
    ])
  })

  test.each([
    ['min', 2],
    ['max', 3]
  ] as const)('keeps the newest, and the best by %s', (mode, best) => {
    const checkpoints = new CheckpointManager(folder(), { keep: 2, mode })
    for (const [step, metric] of [7, 8, 1, 9, 5, 5, NaN, 5].entries()) checkpoints.save(step, {}, { metric })
    expect([checkpoints.best(), checkpoints.steps()]).toEqual([best, [best, 6, 7]])
  })

  test('takes the newer of two that are as good, and none without metric', () => {
    const checkpoints = new CheckpointManager(folder())
    checkpoints.save(1, {}, { metric: 0 })
    checkpoints.save(2, {}, { metric: 0 })
    checkpoints.save(3, {})
    expect(checkpoints.best()).toBe(2)
  })

  test('saves the same step again', () => {
    const checkpoints = new CheckpointManager(folder(), { keep: 1 })
    checkpoints.save(1, { i: 1 })
    checkpoints.save(1, { i: 2 })
    expect(checkpoints.load().i).toBe(2)
  })

  test('leaves out what is damaged, says so once, and never removes the last that is whole', () => {
    const checkpoints = new CheckpointManager(folder(), { keep: 1 })
    checkpoints.save(1, { i: 1 })
    checkpoints.save(2, { i: 2, x: ones(100) })
    writeFileSync(checkpoints.path(5), '')
    writeFileSync(checkpoints.path(6), 'half')
    const messages = warnings(() => {
      expect([checkpoints.latest(), checkpoints.load().i, checkpoints.steps()]).toEqual([2, 2, [2]])
      truncateSync(checkpoints.path(2), 500)
      expect([checkpoints.latest(), checkpoints.load()]).toEqual([null, null])
    })
    expect(messages).toHaveLength(3)
    expect(messages[2]).toMatch(
      /^CheckpointManager: .*00002\.safetensors is no valid safetensors file: .*; it is left out$/
    )
    checkpoints.save(7, { i: 7 })
    expect([checkpoints.load().i, readdirSync(checkpoints.dir)]).toEqual([7, ['checkpoint-00000007.safetensors']])
  })

  test('leaves files of others alone', () => {
    const checkpoints = new CheckpointManager(folder(), { keep: 1 })
    const others = ['checkpoint-x.safetensors', 'checkpoint-0.safetensors.bak', 'notes.txt']
    for (const name of others) writeFileSync(`${checkpoints.dir}/${name}`, '')
    checkpoints.save(1, {})
    checkpoints.save(2, {})
    expect(readdirSync(checkpoints.dir).sort()).toEqual(['checkpoint-00000002.safetensors', ...others].sort())
  })

  test('saveAsync() saves what the state is at the call, one beside the other', async () => {
    const checkpoints = new CheckpointManager(folder(), { keep: 2, every: 2 })
    const x = ones(1000)
    const saves = [1, 2, 4, 6].map((step) => {
      const promise = checkpoints.saveAsync(step, { x, step })
      x.add_(1)
      return promise
    })
    expect(await Promise.all(saves)).toEqual([false, true, true, true])
    expect(checkpoints.steps()).toEqual([4, 6])
    expect([checkpoints.load().x.at(0).item(), checkpoints.load(4).x.at(0).item()]).toEqual([4, 3])
    await expect(checkpoints.saveAsync(8, { f: Math.sin })).rejects.toThrow('state.f is of kind function')
  })
})

describe('what is no call', () => {
  const dir = folder()
  const checkpoints = new CheckpointManager(dir)
  checkpoints.save(5, {})
  writeFileSync(at('file'), '')
  test.each<[() => unknown, string]>([
    [
      () => checkpoints.save(4, {}),
      `RangeError: CheckpointManager.save: step 4 is before step 5, which ${dir} has; load() that one, or take another folder`
    ],
    [() => checkpoints.save(-1, {}), 'RangeError: save: step must be an integer from 0 on, got -1'],
    [() => checkpoints.save('1' as never, {}), "TypeError: save: step must be an integer from 0 on, got '1'"],
    [() => checkpoints.load(4), `Error: load: cannot read ${checkpoints.path(4)}: there is no such file or folder`],
    [
      () => new CheckpointManager(dir, { keep: 0 }),
      'RangeError: CheckpointManager: keep must be a positive integer, got 0'
    ],
    [
      () => new CheckpointManager(dir, { mode: 'least' as never }),
      "RangeError: CheckpointManager: mode must be 'min' or 'max', got 'least'"
    ],
    [
      () => new CheckpointManager(at('file')),
      `Error: CheckpointManager: cannot write ${at('file')}: there is a file of this name`
    ]
  ])('%#', (call, message) => {
    expect(thrown(call)).toBe(message)
  })
})
