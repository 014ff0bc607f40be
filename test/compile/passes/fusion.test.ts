// Fusion with what it rests on and what follows it: common spaces of launches, and epilogues of matmuls.

import { type Buffer, type Launch, type Pointwise, checksOf, writesOf } from '../../../lib/compile/passes/ir'
import { removeDeadCode } from '../../../lib/compile/passes/dead-code'
import { attachEpilogues } from '../../../lib/compile/passes/epilogue'
import { fuse } from '../../../lib/compile/passes/fusion'
import { commonSizes, dimsRead, split } from '../../../lib/compile/passes/space'
import { Chooser } from '../../helpers/chooser'
import {
  SEED,
  apply,
  at,
  buffer,
  checked,
  copied,
  external,
  graphOf,
  map,
  matmul,
  negated,
  order,
  output,
  pointwise,
  sum,
  twice
} from '../../helpers/graph'

describe('space', () => {
  test('two spaces of equal numbers of elements have common sizes where one splits into the other', () => {
    expect(commonSizes([6], [6])).toEqual([6])
    expect(commonSizes([6], [2, 3])).toEqual([2, 3])
    expect(commonSizes([2, 3, 4], [6, 4])).toEqual([2, 3, 4])
    expect(commonSizes([2, 12], [6, 4])).toEqual([2, 3, 4])
    expect(commonSizes([], [])).toEqual([])
    expect(commonSizes([], [6])).toBeNull()
    expect(commonSizes([2, 3], [3, 2])).toBeNull()
    expect(commonSizes([4], [6])).toBeNull()
    expect(commonSizes([2, 3], [2, 2, 3])).toBeNull()
  })

  test('splitting keeps every element at its place in row-major order', () => {
    const random = new Chooser(SEED)
    for (let round = 0; round < 200; round++) {
      const parts = Array.from({ length: random.between(1, 5) }, () => random.between(2, 4))
      // Neighbouring parts join to dims.
      const sizes = parts.reduce<number[]>(
        (dims, part, i) =>
          i > 0 && random.chance(0.5) ? [...dims.slice(0, -1), dims[dims.length - 1] * part] : [...dims, part],
        []
      )
      const count = parts.reduce((product, part) => product * part, 1)
      const strides = sizes.map(() => random.between(0, 50))
      const mask = random.integer(1 << sizes.length)
      const launch = {
        ...pointwise(sizes, [at(external(count), strides)], [[at(output(count), strides), copied]]),
        mask
      }
      const after = split(launch, parts)
      const about = `seed ${SEED}, round ${round}: ${sizes.join()} into ${parts.join()}`
      expect([about, places(parts, after.reads[0].strides)]).toEqual([about, places(sizes, strides)])
      expect([about, places(parts, after.results[0].operand.strides)]).toEqual([about, places(sizes, strides)])
      expect([about, reducedAt(parts, after.mask)]).toEqual([about, reducedAt(sizes, mask)])
    }
  })

  test('what is read finds the dims of what was written, permuted and repeated', () => {
    const made = buffer(24)
    const written = at(made, [12, 4, 1])
    const sizes = [2, 3, 4]
    expect(dimsRead(written, sizes, at(made, [12, 4, 1]), sizes)).toEqual([0, 1, 2])
    expect(dimsRead(written, sizes, at(made, [1, 12, 4]), [4, 2, 3])).toEqual([2, 0, 1])
    expect(dimsRead(written, sizes, at(made, [0, 12, 4, 1]), [5, ...sizes])).toEqual([-1, 0, 1, 2])
  })

  test('what is read and is no arrangement of the whole finds none', () => {
    const made = buffer(24)
    const written = at(made, [12, 4, 1])
    const sizes = [2, 3, 4]
    const none: Record<string, ReturnType<typeof dimsRead>> = {
      'a part': dimsRead(written, sizes, at(made, [12, 4, 1]), [2, 3, 2]),
      'a dim left out': dimsRead(written, sizes, at(made, [4, 1]), [3, 4]),
      'another offset': dimsRead(written, sizes, at(made, [12, 4, 1], 1), sizes),
      'a diagonal': dimsRead(at(made, [4, 1]), [4, 4], at(made, [5]), [4]),
      'one dim twice': dimsRead(at(made, [4, 1]), [4, 4], at(made, [4, 4]), [4, 4]),
      'another buffer': dimsRead(written, sizes, at(buffer(24), [12, 4, 1]), sizes),
      'other strides': dimsRead(written, sizes, at(made, [12, 4, 2]), sizes),
      'another dtype': dimsRead(written, sizes, { ...at(made, [12, 4, 1]), code: 2 }, sizes)
    }
    for (const [name, dims] of Object.entries(none)) expect([name, dims]).toEqual([name, null])
  })
})

/** Offset of each element in row-major order. */
const places = (sizes: readonly number[], strides: readonly number[]): number[] =>
  sizes.reduce<number[]>(
    (offsets, size, d) => offsets.flatMap((offset) => Array.from({ length: size }, (_, i) => offset + i * strides[d])),
    [0]
  )

/** Number of the reduced element that each element goes into. */
const reducedAt = (sizes: readonly number[], mask: number): number[] => {
  let step = 1
  const strides = sizes.toReversed().map((size, i) => {
    const d = sizes.length - 1 - i
    if ((mask >> d) & 1) return 0
    step *= size
    return step / size
  })
  return places(sizes, strides.reverse())
}

describe('fusion', () => {
  test('a chain becomes one launch, and what nobody else reads is not stored', () => {
    const x = external(100)
    const [a, b, out] = [buffer(100), buffer(100), output(100)]
    const after = apply(fuse, graphOf(map(100, [x], a, twice), map(100, [a], b, negated), map(100, [b, x], out, sum)))
    expect(after.length).toBe(1)
    expect(writesOf(after[0]).map((operand) => operand.buffer)).toEqual([out])
    expect(after[0].reads.map((operand) => operand.buffer)).toEqual([x])
  })

  test('a value that somebody reads later is stored, too', () => {
    const x = external(100)
    const [a, out] = [output(100), output(100)]
    const after = apply(fuse, graphOf(map(100, [x], a, twice), map(100, [a], out, negated)))
    expect(after.length).toBe(1)
    expect(new Set(writesOf(after[0]).map((operand) => operand.buffer))).toEqual(new Set([a, out]))
  })

  test('siblings that read the same elements become one launch', () => {
    const x = external(100)
    const after = apply(fuse, graphOf(map(100, [x], output(100), twice), map(100, [x], output(100), negated)))
    expect([after.length, after[0].reads.length]).toEqual([1, 1])
  })

  test('launches that share nothing, or one number, stay apart', () => {
    const apart = graphOf(
      map(100, [external(100)], output(100), twice),
      map(100, [external(100)], output(100), negated)
    )
    expect(apply(fuse, apart).length).toBe(2)
    const one = external(1)
    const reads = [at(one, [0])]
    const scaled = graphOf(
      pointwise([1], [at(one, [1])], [[at(output(1), [1]), twice]]),
      pointwise([1], reads, [[at(output(1), [1]), negated]])
    )
    expect(apply(fuse, scaled).length).toBe(2)
    // Two updates of many elements with one rate.
    const updated = (): Pointwise =>
      pointwise(
        [100],
        [at(external(100), [1]), at(one, [0])],
        [[at(output(100), [1]), ({ inputs, op }) => op('mul', ...inputs)]]
      )
    expect(apply(fuse, graphOf(updated(), updated())).length).toBe(2)
  })

  test('other dims of the same elements in the same order are no obstacle', () => {
    const x = external(12)
    const [a, out] = [buffer(12), output(12)]
    const after = apply(
      fuse,
      graphOf(
        pointwise([3, 4], [at(x, [4, 1])], [[at(a, [4, 1]), twice]]),
        pointwise([2, 6], [at(a, [6, 1])], [[at(out, [6, 1]), negated]])
      )
    )
    // 3 x 4 and 2 x 6 have no common dims, 3 x 4 and 12 have.
    expect(after.length).toBe(2)
    const flat = output(12)
    const again = apply(
      fuse,
      graphOf(pointwise([3, 4], [at(x, [4, 1])], [[at(a, [4, 1]), twice]]), map(12, [a], flat, negated))
    )
    expect(again.length).toBe(1)
  })

  test('one value for all elements is computed where it is read', () => {
    const x = external(1)
    const [a, out] = [buffer(1), output(100)]
    const before = [
      pointwise([], [at(x, [])], [[at(a, []), twice]]),
      pointwise([100], [at(external(100), [1]), at(a, [0])], [[at(out, [1]), sum]])
    ]
    const after = apply(
      (graph) => {
        fuse(graph)
        removeDeadCode(graph)
      },
      graphOf(...before)
    )
    expect(after.length).toBe(1)
  })

  test('a value that costs something is not computed again for each of its readers', () => {
    const x = external(4)
    const [a, out] = [buffer(4), output(100)]
    const before = [
      map(4, [x], a, twice),
      pointwise([25, 4], [at(external(100), [4, 1]), at(a, [0, 1])], [[at(out, [4, 1]), sum]])
    ]
    expect(apply(fuse, graphOf(...before)).length).toBe(2)
  })

  test('a copy is read through, permuted or repeated', () => {
    const x = external(12)
    const [a, out] = [buffer(12), output(24)]
    const before = [
      pointwise([3, 4], [at(x, [1, 3])], [[at(a, [4, 1]), copied]]),
      pointwise([2, 4, 3], [at(a, [0, 1, 4])], [[at(out, [12, 3, 1]), twice]])
    ]
    const after = apply(
      (graph) => {
        fuse(graph)
        removeDeadCode(graph)
      },
      graphOf(...before)
    ) as Pointwise[]
    expect(after.length).toBe(1)
    expect(after[0].reads).toEqual([at(x, [0, 3, 1])])
  })

  test('a copy is not read through where the original changes in between', () => {
    const x = external(12)
    const [a, out] = [buffer(12), output(12)]
    const before = [
      pointwise([3, 4], [at(x, [1, 3])], [[at(a, [4, 1]), copied]]),
      map(12, [x], x, twice),
      pointwise([4, 3], [at(a, [1, 4])], [[at(out, [3, 1]), twice]])
    ]
    const after = apply(fuse, graphOf(...before))
    expect(after.length).toBe(3)
  })

  test('the numbers of elements are not computed in another space', () => {
    const [a, out] = [buffer(12), output(12)]
    const before = [
      pointwise([3, 4], [], [[at(a, [4, 1]), ({ index }) => index()]]),
      pointwise([4, 3], [at(a, [1, 4])], [[at(out, [3, 1]), twice]])
    ]
    expect(apply(fuse, graphOf(...before)).length).toBe(2)
  })

  const refused: Record<string, () => Launch[]> = {
    'the second reads other elements of what the first writes': () => {
      const a = buffer(8)
      return [map(8, [external(8)], a, twice), pointwise([4], [at(a, [1], 4)], [[at(output(4), [1]), negated]])]
    },
    'the second reads neighbours of what the first writes': () => {
      const a = buffer(9)
      return [map(8, [external(8)], a, twice), pointwise([8], [at(a, [1], 1)], [[at(output(8), [1]), negated]])]
    },
    'the second writes where the first reads other elements': () => {
      const x = external(9)
      return [
        pointwise([8], [at(x, [1], 1)], [[at(output(8), [1]), twice]]),
        pointwise([8], [at(external(8), [1]), at(x, [1], 1)], [[at(x, [1]), sum]])
      ]
    },
    'the first writes transposed what it reads': () => {
      const x = external(9)
      return [
        pointwise([3, 3], [at(x, [3, 1])], [[at(output(9), [3, 1]), negated]]),
        pointwise([3, 3], [at(x, [3, 1]), at(external(9), [3, 1])], [[at(x, [1, 3]), sum]])
      ]
    },
    'the second reads what the first reduces': () => {
      const [x, total] = [external(100), buffer(1)]
      return [
        pointwise([100], [at(x, [1])], [[at(total, [0]), copied, 'sum']], 1),
        pointwise([100], [at(x, [1]), at(total, [0])], [[at(output(100), [1]), sum]])
      ]
    },
    'their masks differ': () => {
      const x = external(100)
      return [
        pointwise([10, 10], [at(x, [10, 1])], [[at(output(10), [0, 1]), copied, 'sum']], 1),
        pointwise([10, 10], [at(x, [10, 1])], [[at(output(10), [1, 0]), copied, 'sum']], 2)
      ]
    },
    'the second overwrites, seen from outside, what an error of the first leaves': () => {
      const x = external(100)
      return [map(100, [x], buffer(100), checked), map(100, [x], external(100), twice)]
    }
  }
  for (const [name, make] of Object.entries(refused)) {
    test(`is refused where ${name}`, () => {
      const before = make()
      const after = apply(fuse, graphOf(...before), 0)
      expect(order(before, after)).toEqual([0, 1])
    })
  }

  test('in place over its own elements it is no obstacle', () => {
    const x = external(100)
    const after = apply(
      fuse,
      graphOf(map(100, [x], x, twice), map(100, [x], x, negated), map(100, [x], output(100), twice))
    )
    expect(after.length).toBe(1)
    expect(writesOf(after[0]).length).toBe(2)
  })

  test('a reduction ends a chain whose elements are stored, too', () => {
    const x = external(100)
    const [a, total] = [output(100), output(10)]
    const after = apply(
      fuse,
      graphOf(map(100, [x], a, twice), pointwise([10, 10], [at(a, [10, 1])], [[at(total, [1, 0]), negated, 'sum']], 2))
    ) as Pointwise[]
    expect(after.length).toBe(1)
    expect(after[0].results.map(({ reduce }) => reduce !== null)).toEqual([false, true])
    expect(after[0].sizes).toEqual([10, 10])
  })

  test('reductions over the same dims become one launch', () => {
    const x = external(100)
    const over = (reduce: string) =>
      pointwise([10, 10], [at(x, [10, 1])], [[at(output(10), [1, 0]), copied, reduce]], 2)
    const after = apply(fuse, graphOf(over('sum'), over('amax'))) as Pointwise[]
    expect([after.length, after[0].mask]).toEqual([1, 2])
  })

  test('checks of two launches stay in their order when they merge', () => {
    const x = external(100)
    const before = [map(100, [x], buffer(100), checked), map(100, [x], output(100), checked)]
    const launches = apply(fuse, graphOf(...before), 0)
    // Both check the same value, so the first stands for both.
    const checks = launches.flatMap(checksOf).flatMap((check) => (check === null ? [] : [check.position]))
    expect([launches.length, checks]).toEqual([1, [before[0].position]])
  })

  test('a merged launch stays within the operands and registers that native code takes', () => {
    const x = external(100)
    const sums = Array.from({ length: 60 }, () => map(100, [x, external(100)], output(100), sum))
    const after = apply(fuse, graphOf(...sums))
    expect(after.length).toBeGreaterThan(1)
    for (const launch of after) expect(launch.reads.length + writesOf(launch).length).toBeLessThanOrEqual(32)
  })
})

describe('epilogues', () => {
  const product = (): { a: Buffer; b: Buffer; c: Buffer; multiply: Launch } => {
    const [a, b, c] = [external(12), external(20), buffer(15)]
    return { a, b, c, multiply: matmul(3, 5, 4, a, b, c) }
  }
  const marks = (launches: readonly Launch[]): boolean[] =>
    launches.map((launch) => launch.kind === 'pointwise' && launch.isEpilogue === true)

  test('a launch over the whole result of a matmul is marked', () => {
    const { c, multiply } = product()
    expect(marks(apply(attachEpilogues, graphOf(multiply, map(15, [c], output(15), negated))))).toEqual([false, true])
  })

  test('a bias that repeats is no obstacle', () => {
    const { c, multiply } = product()
    const bias = pointwise([3, 5], [at(c, [5, 1]), at(external(5), [0, 1])], [[at(output(15), [5, 1]), sum]])
    expect(marks(apply(attachEpilogues, graphOf(multiply, bias)))).toEqual([false, true])
  })

  test('it moves up to its matmul where nothing between forbids it', () => {
    const { c, multiply } = product()
    const finish = map(15, [c], output(15), negated)
    const before = [multiply, map(4, [external(4)], output(4), twice), finish]
    const after = apply(attachEpilogues, graphOf(...before))
    expect([order(before, after), marks(after)]).toEqual([
      [0, 2, 1],
      [false, true, false]
    ])
    const x = external(15)
    const needs = [multiply, map(15, [external(15)], x, twice), map(15, [c, x], output(15), sum)]
    expect(marks(apply(attachEpilogues, graphOf(...needs)))).toEqual([false, false, false])
  })

  const plain: Record<string, (c: Buffer) => Launch> = {
    'a part of the result': (c) => pointwise([10], [at(c, [1])], [[at(output(10), [1]), negated]]),
    'the result transposed': (c) => pointwise([5, 3], [at(c, [1, 5])], [[at(output(15), [3, 1]), negated]]),
    'the result twice over': (c) => pointwise([2, 15], [at(c, [0, 1])], [[at(output(30), [15, 1]), negated]]),
    'the result and its neighbours': (c) =>
      pointwise([3, 5], [at(c, [5, 1]), at(c, [0, 1])], [[at(output(15), [5, 1]), sum]]),
    'a reduction': (c) => pointwise([3, 5], [at(c, [5, 1])], [[at(output(3), [1, 0]), copied, 'sum']], 2),
    'something else': () => map(15, [external(15)], output(15), negated)
  }
  for (const [name, make] of Object.entries(plain)) {
    test(`${name} is no epilogue`, () => {
      const { c, multiply } = product()
      expect(marks(apply(attachEpilogues, graphOf(multiply, make(c))))).toEqual([false, false])
    })
  }

  test('a batch of matmuls has none', () => {
    const { c, multiply } = product()
    const batched: Launch = {
      ...multiply,
      body: Float64Array.from([1, 1, 3, 5, 4, 0, 4, 1, 0, 5, 1, 0, 5, 1])
    } as Launch
    expect(marks(apply(attachEpilogues, graphOf(batched, map(15, [c], output(15), negated))))).toEqual([false, false])
  })
})
