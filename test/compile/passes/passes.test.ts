// The passes of compile, each alone, on small graphs: what it does, what it refuses, and that the graph leaves the same
// bytes.

import { type Tensor, compile, full, manualSeed, nn, noGrad, ones, slice, tensor } from 'dyngrad'
import { type Buffer, type Graph, type Launch, type Pointwise, canFail, writesOf } from '../../../lib/compile/passes/ir'
import { removeCopies } from '../../../lib/compile/passes/copies'
import { removeDeadCode } from '../../../lib/compile/passes/dead-code'
import { attachEpilogues } from '../../../lib/compile/passes/epilogue'
import { fuse } from '../../../lib/compile/passes/fusion'
import { failsBefore, mayMove, mustKeepOrder } from '../../../lib/compile/passes/hazards'
import { planMemory } from '../../../lib/compile/passes/memory'
import { renameValues } from '../../../lib/compile/passes/rename'
import { Chooser } from '../../helpers/chooser'
import {
  SEED,
  apply,
  at,
  buffer,
  buffersOf,
  changedBy,
  checked,
  copied,
  external,
  filled,
  graphOf,
  map,
  matmul,
  negated,
  order,
  output,
  pointwise,
  recorded,
  run,
  sum,
  twice
} from '../../helpers/graph'

describe('hazards', () => {
  const [a, b, c, d] = [buffer(4), buffer(4), buffer(4), buffer(4)]

  test('two launches keep their order where one writes what the other touches', () => {
    const makes = map(4, [a], b, twice)
    expect(mustKeepOrder(makes, map(4, [b], c, twice))).toBe(true)
    expect(mustKeepOrder(map(4, [b], c, twice), makes)).toBe(true)
    expect(mustKeepOrder(makes, map(4, [c], b, twice))).toBe(true)
    expect(mustKeepOrder(makes, map(4, [a], c, twice))).toBe(false)
    expect(mustKeepOrder(makes, map(4, [c], d, twice))).toBe(false)
  })

  test('a launch that writes in place reads what it writes', () => {
    const accumulates: Launch = { ...matmul(2, 2, 2, a, b, c), family: 2 }
    expect(mustKeepOrder(map(4, [d], c, twice), accumulates)).toBe(true)
    expect(mustKeepOrder(accumulates, map(4, [c], d, twice))).toBe(true)
  })

  test('checks keep their order, so that the first error is the first', () => {
    expect(mustKeepOrder(map(4, [a], b, checked), map(4, [c], d, checked))).toBe(true)
  })

  const outside = external(4)
  const check = map(4, [a], b, checked)

  test('what is seen from outside is written after the checks before it, and before those after it', () => {
    const writes = map(4, [c], outside, twice)
    expect(mustKeepOrder(check, writes)).toBe(true)
    expect(mustKeepOrder(writes, check)).toBe(true)
    expect(mustKeepOrder(check, map(4, [c], d, twice))).toBe(false)
    expect(mustKeepOrder(check, map(4, [c], output(4), twice))).toBe(false)
  })

  test('kept state that the step has let go of before a check may be written before it', () => {
    const state = (replacedAt: number) => map(4, [c], buffer(4, { kept: 'state', replacedAt }), twice)
    expect(failsBefore(check, state(check.position + 1))).toBe(true)
    expect(failsBefore(check, state(check.position))).toBe(false)
    expect(mustKeepOrder(check, state(check.position + 1))).toBe(true)
    expect(mustKeepOrder(check, state(check.position))).toBe(false)
    expect(mustKeepOrder(state(0), check)).toBe(true)
  })

  test('a launch moves past those that it has nothing to do with, either way', () => {
    const launches = [map(4, [a], b, twice), map(4, [a], c, negated), map(4, [b], d, twice)]
    expect(mayMove(launches, 0, 2)).toBe(true)
    expect(mayMove(launches, 2, 0)).toBe(true)
    const blocked = [launches[0], map(4, [c], b, twice), launches[2]]
    expect(mayMove(blocked, 0, 2)).toBe(false)
    expect(mayMove(blocked, 2, 0)).toBe(false)
    const past = [map(4, [a], b, twice), map(4, [c], outside, twice), check]
    expect(mayMove(past, 0, 2)).toBe(true)
    expect(mayMove(past, 2, 0)).toBe(false)
  })
})

describe('rename', () => {
  test('a second whole write of a fresh buffer has a buffer of its own; the last keeps the recorded one', () => {
    const x = external(4)
    const out = output(4)
    const seen = buffer(4, { kept: 'output' })
    const launches = apply(
      renameValues,
      graphOf(map(4, [x], out, twice), map(4, [out], seen, negated), map(4, [x], out, negated))
    )
    const written = launches.map((launch) => writesOf(launch)[0].buffer)
    expect(written[2]).toBe(out)
    expect(written[0]).not.toBe(out)
    expect(written[0].kept).toBeNull()
    expect(launches[1].reads[0].buffer).toBe(written[0])
  })

  test('an update in place reads the value before', () => {
    const x = external(4)
    const out = output(4)
    const launches = apply(renameValues, graphOf(map(4, [x], out, twice), map(4, [out, x], out, sum)))
    expect(launches[1].reads[0].buffer).toBe(writesOf(launches[0])[0].buffer)
    expect(launches[1].reads[0].buffer).not.toBe(out)
    expect(writesOf(launches[1])[0].buffer).toBe(out)
  })

  const untouched: Record<string, () => Launch> = {
    'from outside': () => map(4, [external(4)], external(4), twice),
    'that an error is told from': () =>
      map(4, [external(4)], buffer(4, { isReadByFailure: true, kept: 'output' }), twice),
    'of which a part is written': () => {
      const part = output(8)
      return pointwise([4], [at(external(4), [1])], [[at(part, [1]), twice]])
    },
    'that is accumulated into': () => pointwise([4], [at(external(4), [1])], [[at(output(1), [0]), copied, 'sum']], 1)
  }
  for (const [name, make] of Object.entries(untouched)) {
    test(`a buffer ${name} stays`, () => {
      const launch = make()
      const [{ buffer: made }] = writesOf(launch)
      const launches = apply(renameValues, graphOf(launch, { ...launch, position: launch.position + 1000 }))
      expect(launches.map((each) => writesOf(each)[0].buffer)).toEqual([made, made])
    })
  }
})

describe('dead code', () => {
  test('launches go whose results nobody reads, with those that only they read', () => {
    const x = external(4)
    const [a, b, out] = [buffer(4), buffer(4), output(4)]
    const before = [map(4, [x], a, twice), map(4, [a], b, twice), map(4, [x], out, negated)]
    expect(order(before, apply(removeDeadCode, graphOf(...before)))).toEqual([2])
  })

  test('of several results those stay that somebody reads, with the instructions that they need', () => {
    const x = external(4)
    const out = output(4)
    const both = pointwise(
      [4],
      [at(x, [1]), at(external(4), [1])],
      [
        [at(buffer(4), [1]), ({ inputs: [, y], op }) => op('exp', y)],
        [at(out, [1]), negated]
      ]
    )
    const [launch] = apply(removeDeadCode, graphOf(both)) as Pointwise[]
    expect(launch.results.map(({ operand }) => operand.buffer)).toEqual([out])
    expect([launch.reads.length, launch.builder.instructions.length]).toEqual([1, 1])
  })

  test('a check stays, its result wanted or not, and what it reads', () => {
    const x = external(4)
    const a = buffer(4)
    const before = [map(4, [x], a, twice), map(4, [a], buffer(4), checked)]
    const after = apply(removeDeadCode, graphOf(...before))
    expect(order(before, after)).toEqual([0, 1])
    expect(after.map(canFail)).toEqual([false, true])
    expect(typeof run({ launches: after }, filled({ launches: after }, SEED))).toBe('number')
  })

  test('a reduction goes from a check whose elements alone are wanted, and its mask with it', () => {
    const x = external(6)
    const check = pointwise(
      [2, 3],
      [at(x, [3, 1])],
      [
        [at(buffer(6), [3, 1]), checked],
        [at(buffer(2), [1, 0]), copied, 'sum']
      ],
      2
    )
    const [launch] = apply(removeDeadCode, graphOf(check), 0) as Pointwise[]
    expect(launch.results.some(({ reduce }) => reduce !== null) || launch.mask === 0).toBe(true)
  })

  test('writes to what is seen from outside stay', () => {
    const before = [
      map(4, [external(4)], external(4), twice),
      map(4, [external(4)], buffer(4, { kept: 'state' }), twice)
    ]
    expect(order(before, apply(removeDeadCode, graphOf(...before)))).toEqual([0, 1])
  })
})

describe('copies', () => {
  test("a copy's readers read the original", () => {
    const x = external(4)
    const [a, out] = [buffer(4), output(4)]
    const before = [map(4, [x], a, copied), map(4, [a], out, twice)]
    const after = apply(removeCopies, graphOf(...before))
    expect(order(before, after)).toEqual([1])
    expect(after[0].reads[0].buffer).toBe(x)
  })

  test('a part that is copied is read where it lies', () => {
    const x = external(8)
    const [a, out] = [buffer(4), output(4)]
    const before = [
      pointwise([4], [at(x, [1], 3)], [[at(a, [1]), copied]]),
      pointwise([2], [at(a, [1], 2)], [[at(out, [1]), twice]])
    ]
    const after = apply(removeCopies, graphOf(...before)) as Pointwise[]
    expect(after[0].reads).toEqual([{ ...at(x, [1]), offset: 4 * 5 }])
  })

  test('an output that is a copy is computed at its place', () => {
    const x = external(4)
    const [a, out] = [buffer(4), output(4)]
    const before = [map(4, [x], a, twice), map(4, [a], out, copied)]
    const after = apply(removeCopies, graphOf(...before))
    expect(order(before, after)).toEqual([0])
    expect(writesOf(after[0])[0].buffer).toBe(out)
  })

  const kept: Record<string, (x: Buffer, a: Buffer, out: Buffer) => Launch[]> = {
    'whose original changes later': (x, a, out) => [
      map(4, [x], a, copied),
      map(4, [out], x, twice),
      map(4, [a], out, negated)
    ],
    'that changes later': (x, a, out) => [
      map(4, [x], a, copied),
      map(4, [a], a, negated),
      pointwise([4], [at(x, [1]), at(a, [1])], [[at(out, [1]), sum]])
    ],
    'of which there was something before': (x, a, out) => [
      map(4, [x], a, negated),
      map(4, [a], out, twice),
      map(4, [x], a, copied),
      map(4, [a, out], out, sum)
    ],
    'in another order': (x, a, out) => [
      pointwise([2, 2], [at(x, [1, 2])], [[at(a, [2, 1]), copied]]),
      map(4, [a], out, twice)
    ],
    'into kept state that a check stands before': (x, a) => {
      const check = map(4, [x], buffer(4), checked)
      const state = buffer(4, { kept: 'state', replacedAt: check.position + 1 })
      return [map(4, [x], a, twice), check, map(4, [a], state, copied)]
    },
    'of repeated elements': (x, a, out) => [
      pointwise([4], [at(x, [0])], [[at(a, [1]), copied]]),
      map(4, [a], out, twice)
    ],
    'from outside to an output': (x, a, out) => [
      map(4, [x], a, twice),
      map(4, [x], out, copied),
      map(4, [a], x, copied)
    ]
  }
  for (const [name, make] of Object.entries(kept)) {
    test(`a copy ${name} stays`, () => {
      const before = make(external(4), buffer(4), output(4))
      const after = apply(removeCopies, graphOf(...before), 0)
      expect(after.length).toBe(before.length)
    })
  }
})

describe('memory', () => {
  const isPlanned = ({ isFresh, kept }: Buffer): boolean => isFresh && kept === null

  /** Pairs of buffers that share bytes. */
  function sharing(graph: Graph): [Buffer, Buffer][] {
    const { offsets } = planMemory(graph, isPlanned)
    const all = [...offsets.keys()]
    return all.flatMap((a, i) =>
      all.slice(i + 1).flatMap((b): [Buffer, Buffer][] => {
        const [x, y] = [offsets.get(a)!, offsets.get(b)!]
        return x < y + b.bytes && y < x + a.bytes ? [[a, b]] : []
      })
    )
  }

  test('intermediates that follow each other share bytes', () => {
    const [x, out] = [external(100), output(100)]
    const chain = [buffer(100), buffer(100), buffer(100), buffer(100)]
    const launches = [x, ...chain].map((from, i) => map(100, [from], [...chain, out][i], twice))
    expect(planMemory({ launches }, isPlanned).bytes).toBe(2 * 448)
    expect(sharing({ launches }).length).toBeGreaterThan(0)
  })

  test('only intermediates are planned', () => {
    const [x, a] = [external(4), buffer(4)]
    const graph = graphOf(map(4, [x], a, twice), map(4, [a], output(4), twice))
    expect([...planMemory(graph, isPlanned).offsets.keys()]).toEqual([a])
  })

  test("an epilogue's results share no bytes with the inputs of its matmul, which still runs", () => {
    const [x, a, b, c, d] = [external(16), buffer(16), buffer(16), buffer(16), buffer(16)]
    const launches: Launch[] = [
      map(16, [x], a, twice),
      map(16, [x], b, negated),
      matmul(4, 4, 4, a, b, c),
      { ...map(16, [c], d, negated), isEpilogue: true },
      map(16, [d], output(16), twice)
    ]
    const shared = (pairs: [Buffer, Buffer][]) =>
      pairs.some((pair) => pair.includes(d) && (pair.includes(a) || pair.includes(b)))
    expect(shared(sharing({ launches }))).toBe(false)
    const apart = launches.map((launch) => (launch.kind === 'pointwise' ? { ...launch, isEpilogue: false } : launch))
    expect(shared(sharing({ launches: apart }))).toBe(true)
  })

  test('in random graphs nothing that lives at one time overlaps, and all together need no more than side by side', () => {
    for (let seed = SEED; seed < SEED + 100; seed++) {
      const random = new Chooser(seed)
      const buffers = Array.from({ length: random.between(2, 25) }, () => buffer(random.between(0, 300)))
      const [x, out] = [external(400), output(400)]
      const launches: Launch[] = Array.from({ length: random.between(3, 40) }, () => {
        const reads = [x, ...Array.from({ length: random.between(0, 3) }, () => random.pick(buffers))]
        const to = random.chance(0.1) ? out : random.pick(buffers)
        // What happens to the bytes is not the plan's concern.
        const launch = pointwise(
          [],
          reads.map((each) => at(each, [])),
          [[at(to, []), copied]]
        )
        return random.chance(0.2) ? { ...launch, isEpilogue: true } : launch
      })
      const graph = { launches }
      const { offsets, bytes } = planMemory(graph, isPlanned)
      const about = `seed ${seed}`
      const touched = launches.map(
        (launch) => new Set([...launch.reads, ...writesOf(launch)].map((each) => each.buffer))
      )
      const lives = (each: Buffer): [number, number] => {
        const uses = touched.flatMap((set, i) => (set.has(each) ? [i] : []))
        // A launch runs together with its epilogues.
        const group = (i: number): number =>
          launches.slice(0, i + 1).filter((l) => (l as Pointwise).isEpilogue !== true).length
        return [group(uses[0]), group(uses[uses.length - 1])]
      }
      for (const [a, b] of sharing(graph)) {
        const [[firstA, lastA], [firstB, lastB]] = [lives(a), lives(b)]
        expect([about, firstA <= lastB && firstB <= lastA]).toEqual([about, false])
      }
      const used = buffersOf(graph).filter(isPlanned)
      expect([about, new Set(offsets.keys())]).toEqual([about, new Set(used)])
      for (const each of used) expect([about, offsets.get(each)! + each.bytes <= bytes]).toEqual([about, true])
      const total = used.reduce((all, each) => all + Math.max(64, Math.ceil(each.bytes / 64) * 64), 0)
      expect([about, bytes <= total]).toEqual([about, true])
      expect([about, used.every((each) => offsets.get(each)! % 64 === 0)]).toEqual([about, true])
    }
  })
})

describe('each pass alone leaves the bytes of recorded steps as they are', () => {
  const weight = tensor(
    [
      [0.5, -1, 2],
      [1, 0.25, -3]
    ],
    { requiresGrad: true }
  )
  const input = ones(4, 2)
  const target = full([4, 3], 0.25)
  const steps: Record<string, () => readonly Tensor[]> = {
    'a training step': () => {
      weight.grad = null
      const loss = nn.functional.binaryCrossEntropy(input.matmul(weight).sigmoid(), target)
      loss.backward()
      noGrad(() => weight.sub_(weight.grad!.mul(0.1)))
      return [loss, weight.grad!]
    },
    'views and updates in place': () => {
      const made = input.mul(2)
      made.t().at(0).add_(1)
      const clone = made.clone()
      made.at(slice(1, 3)).mul_(clone.at(slice(0, 2)))
      return [made.sum(0), clone.t().contiguous(), made]
    },
    'softmax and its backward': () => {
      const logits = weight.detach().mul(2).requiresGrad_()
      const loss = logits.logSoftmax(1).mul(0.5).sum()
      loss.backward()
      return [loss, logits.grad!]
    }
  }
  const passes: Record<string, (graph: Graph) => void> = {
    rename: renameValues,
    'dead code': removeDeadCode,
    copies: removeCopies,
    fusion: fuse,
    epilogues: attachEpilogues
  }
  for (const [name, step] of Object.entries(steps)) {
    for (const [passName, pass] of Object.entries(passes)) {
      test(`${name}: ${passName}`, () => {
        manualSeed(SEED)
        const { graph, memory } = recorded(step)
        expect(changedBy(pass, graph, memory)).toBeNull()
      })
    }
  }

  test('together they make one launch of a chain of pointwise ops', () => {
    const step = compile((x: Tensor) => x.mul(2).add(1).tanh().neg().clone())
    step(ones(1000))
    expect(step.programs[0].launches).toBe(1)
    expect(step.programs[0].arenaBytes).toBe(0)
  })
})
