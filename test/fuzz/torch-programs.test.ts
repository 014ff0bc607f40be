// Random programs of up to 15 steps that PyTorch has run: test/fixtures/programs.json. `npm run fuzz` makes new ones.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TorchProgram, describe as textOf, replay, shrink } from '../helpers/torch-programs'

const path = join(__dirname, '..', 'fixtures', 'programs.json')
const { programs } = JSON.parse(readFileSync(path, 'utf8')) as { programs: readonly TorchProgram[] }

/** What differs, in as few steps as show it. */
function differenceIn(program: TorchProgram): string | null {
  const found = replay(program)
  return found === null ? null : `${textOf(shrink(program, found))}\nhere: ${found.text}`
}

describe('random programs', () => {
  test('give what PyTorch gives, step by step, and its gradients', () => {
    expect(programs.length).toBeGreaterThan(300)
    expect(programs.map(differenceIn).filter((each) => each !== null)).toEqual([])
  })

  const program: TorchProgram = {
    seed: 0,
    steps: [
      { op: 'input', results: [{ shape: [2], dtype: 'float64', data: [0, 2], requiresGrad: true }] },
      {
        op: 'neg',
        args: [{ v: 0 }],
        results: [{ shape: [2], dtype: 'float64', data: ['-0', -2], requiresGrad: true }]
      },
      {
        op: 'exp',
        args: [{ v: 0 }],
        results: [{ shape: [2], dtype: 'float64', data: [3, 'nan'], requiresGrad: true }]
      },
      { op: 'mm', args: [{ v: 0 }, { v: 1 }], throws: 'self must be a matrix' }
    ]
  }

  test('name the step that differs, and leave out what it does not need', () => {
    const found = replay(program)!
    expect(found).toEqual({ step: 2, text: 'value 0 is 1, not 3' })
    expect(textOf(shrink(program, found))).toBe(
      [
        'seed 0',
        'v0 = ',
        '    v0 float64 [2] of 0 2, requires grad',
        'v1 = exp(v0)',
        '    v1 float64 [2] of 3 nan, requires grad'
      ].join('\n')
    )
  })

  test('differ where PyTorch throws and dyngrad does not, and the other way round', () => {
    const [x, neg, , mm] = program.steps
    const differenceOf = (step: TorchProgram['steps'][number]): string | undefined =>
      replay({ seed: 0, steps: [x, neg, step] })?.text
    expect(differenceOf(mm)).toBeUndefined()
    expect(differenceOf({ ...neg, results: undefined, throws: 'never' })).toBe('does not throw: never')
    expect(differenceOf({ ...mm, throws: undefined, results: neg.results })).toMatch(/^throws RangeError: /)
  })
})
