// Whole training states: save(), save.async() and load().

import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import {
  type Tensor,
  Generator,
  bernoulli,
  compile,
  getRngState,
  manualSeed,
  nn,
  ones,
  optim,
  rand,
  randn,
  setRngState,
  sharesStorage,
  tensor
} from '../../lib'
import { load, safetensors, save } from '../../lib/io'
import { thrown } from '../helpers/check'
import { temporaryFolder } from '../helpers/folder'

const at = temporaryFolder()
/** As names of temporary files have it. */
const host = hostname().replace(/[^\w.]/g, '_')
const file = at('state.safetensors')

/** What comes back of a value. */
function through(value: unknown): unknown {
  save(value, file)
  return load(file)
}

describe('a value comes back', () => {
  const values: Record<string, unknown> = {
    'a text': 'a "b" \n é \ud83d\ude00',
    'half a character': '\ud800',
    numbers: [0, -0, 1.5, 1e300, NaN, Infinity, -Infinity, 2 ** 53],
    booleans: [true, false],
    null: null,
    undefined: [undefined, { a: undefined }],
    BigInts: [0n, -5n, 2n ** 200n],
    'nested objects and arrays': { a: [{ b: [] }, {}, [[1]]], '': 1, 'x.y': 2 },
    'an object with the member of tags': { $: ['tensor', 'x'], a: { $: { $: 5 } } },
    'an object with the names of prototypes': { ['__proto__']: 1, constructor: 2 },
    'an object without prototype': Object.assign(Object.create(null) as object, { a: 1 })
  }
  test.each(Object.entries(values))('%s', (_, value) => {
    const back = through({ value }) as { value: unknown }
    expect(back.value).toEqual(value)
  })

  test('-0', () => {
    expect(Object.is(through(-0), -0)).toBe(true)
  })

  test('undefined members too', () => {
    expect(Object.keys(through({ a: undefined }) as object)).toEqual(['a'])
  })

  test('at the root', () => {
    expect([through(5), through([]), (through(ones(2)) as Tensor).tolist()]).toEqual([5, [], [1, 1]])
  })

  test('with the name that Python finds in the file', () => {
    save({ net: new nn.Linear(2, 1), list: [ones(3), { x: ones(4) }] }, file)
    expect(Object.keys(safetensors.loadFile(file)).sort()).toEqual(['list.0', 'list.1.x', 'net.bias', 'net.weight'])
  })

  test('with names that are alike or none in a file', () => {
    const [a, b, c, d] = [1, 2, 3, 4].map((value) => tensor(value))
    const back = through({ 'x.y': a, x: { y: b }, __metadata__: c, '\udc00': d }) as Record<string, Tensor>
    const found = [back['x.y'], (back.x as unknown as { y: Tensor }).y, back.__metadata__, back['\udc00']]
    expect(found.map((each) => each.item())).toEqual([1, 2, 3, 4])
  })
})

describe('tensors', () => {
  test('that are one, or show the same, are saved once and are one again', () => {
    const weight = new nn.Parameter(rand([50, 4]))
    const state = {
      a: weight,
      b: weight,
      c: weight.detach(),
      d: weight.detach(),
      part: weight.at(0),
      e: weight.clone()
    }
    const back = through(state) as typeof state
    expect(Object.keys(safetensors.loadFile(file))).toEqual(['a', 'e', 'part'])
    expect([back.a === back.b, back.c === back.d]).toEqual([true, true])
    expect([sharesStorage(back.a, back.c), sharesStorage(back.a, back.part)]).toEqual([true, false])
  })

  test('keep whether they are Parameters and require gradients', () => {
    const state = {
      plain: ones(1),
      leaf: ones([1], { requiresGrad: true }),
      parameter: new nn.Parameter(ones(1)),
      frozen: new nn.Parameter(ones(1), false),
      result: ones([1], { requiresGrad: true }).mul(2)
    }
    const back = through(state) as typeof state
    const kinds = Object.entries(back).map(([name, x]) => [name, x instanceof nn.Parameter, x.requiresGrad, x.isLeaf])
    expect(kinds).toEqual([
      ['plain', false, false, true],
      ['leaf', false, true, true],
      ['parameter', true, true, true],
      ['frozen', true, false, true],
      ['result', false, true, true]
    ])
  })

  test('of a generator continue its stream', () => {
    const generator = new Generator().manualSeed(3)
    rand([7], { generator })
    const { generator: state } = through({ generator }) as { generator: Tensor }
    const expected = rand([5], { generator }).tolist()
    expect(rand([5], { generator: new Generator().setState(state) }).tolist()).toEqual(expected)
  })
})

/** A training run that draws dropout masks and data, whose step may be compiled. */
function training(makeOptimizer: (net: nn.Module) => optim.SGD | optim.Adam, isCompiled: boolean) {
  manualSeed(1)
  const net = new nn.Sequential(new nn.Linear(4, 8), new nn.Tanh(), new nn.LayerNorm(8), new nn.Linear(8, 1))
  const optimizer = makeOptimizer(net)
  const generator = new Generator().manualSeed(2)
  const body = (x: Tensor): Tensor => {
    optimizer.zeroGrad()
    const kept = bernoulli(ones([6, 4]).mul(0.5))
    const loss = net.forward(x.mul(kept)).square().mean()
    loss.backward()
    optimizer.step()
    return loss.detach()
  }
  const step = isCompiled ? compile(body) : body
  const run = (steps: number): number[] =>
    Array.from({ length: steps }, () => step(randn([6, 4], { generator })).item<number>())
  return { net, optimizer, generator, run }
}

describe.each([
  ['SGD with momentum', (net: nn.Module) => new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9 })],
  ['Adam', (net: nn.Module) => new optim.Adam(net.parameters(), { lr: 0.01, amsgrad: true })]
])('a run with %s that is resumed', (_, make) => {
  test.each([
    ['eager', false],
    ['compiled', true]
  ])('gives bit for bit the run that was not interrupted (%s)', (_, isCompiled) => {
    const { net, optimizer, generator, run } = training(make, isCompiled)
    run(3)
    optimizer.paramGroups[0].lr *= 0.5
    save({ net, optimizer, generator, rng: getRngState(), epoch: 3 }, file)
    const expected = run(4)
    const weights = Object.values(net.stateDict()).map((each) => each.tolist())

    const resumed = training(make, isCompiled)
    const state = load(file)
    resumed.net.loadStateDict(state.net)
    resumed.optimizer.loadStateDict(state.optimizer)
    resumed.generator.setState(state.generator)
    setRngState(state.rng)
    expect(state.epoch).toBe(3)
    expect(resumed.run(4)).toEqual(expected)
    expect(Object.values(resumed.net.stateDict()).map((each) => each.tolist())).toEqual(weights)
  })
})

describe('save.async()', () => {
  test('writes what the state is at the call', async () => {
    const state = { x: ones(3), list: [1] }
    const promise = save.async(state, file)
    state.x.add_(1)
    state.list.push(2)
    await promise
    const back = load(file)
    expect([back.x.tolist(), back.list]).toEqual([[1, 1, 1], [1]])
  })

  test('leaves the state of the last call, whichever write ends first', async () => {
    const large = rand([3_000_000])
    const saves = [save.async({ i: 0, large }, file), save.async({ i: 1 }, file), save.async({ i: 2, large }, file)]
    save({ i: 3 }, file)
    await Promise.all(saves)
    expect(load(file).i).toBe(3)
    expect(readdirSync(at()).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  test('rejects where a save throws, and leaves the old file', async () => {
    save({ i: 0 }, file)
    await expect(save.async({ f: () => 0 }, file)).rejects.toThrow('save: state.f is of kind function')
    await expect(save.async({}, at('none', 'x'))).rejects.toThrow('there is no such folder')
    await expect((save.async as (...args: unknown[]) => Promise<void>)({})).rejects.toThrow(
      "missing 1 required argument: 'file'"
    )
    expect(load(file).i).toBe(0)
  })
})

describe('files', () => {
  test('behind symbolic links are replaced, not the links', () => {
    mkdirSync(at('real'))
    save(1, at('real', 'x'))
    symlinkSync(at('real', 'x'), at('link'))
    save(2, at('link'))
    expect([load(at('real', 'x')), readdirSync(at('real'))]).toEqual([2, ['x']])
  })

  test('of killed processes go, those of others stay', () => {
    mkdirSync(at('left'))
    const name = (pid: number): string => `.x.${host}-${pid}-0123456789ab.tmp`
    // No process has this number; process 1 runs.
    const left = [name(2 ** 22 + 1), name(1), name(process.pid), '.x.elsewhere-1-0123456789ab.tmp', 'x.tmp']
    for (const each of left) writeFileSync(at('left', each), '')
    save({}, at('left', 'y'))
    expect(readdirSync(at('left')).sort()).toEqual([...left.slice(1), 'y'].sort())
  })
})

const broken = (text: string): (() => unknown) => {
  return () => {
    safetensors.saveFile({ x: ones(1), i: tensor([1n]) }, at('broken'), { metadata: { 'dyngrad.state': text } })
    return load(at('broken'))
  }
}
const version = (state: string): string => `{"version":1,"state":${state}}`
const cyclic: Record<string, unknown> = {}
cyclic.a = [cyclic]
let deep: unknown = 1
for (let i = 0; i < 102; i++) deep = { a: deep }

describe('what is refused', () => {
  const message = (what: string): string => `RangeError: load: the state of ${at('broken')} is broken: ${what}`
  test.each<[string, () => unknown, string]>([
    [
      'a function',
      () => save({ a: [() => 1] }, file),
      'TypeError: save: state.a.0 is of kind function, which a file does not keep; ' +
        'save what it is made of: tensors, arrays, plain objects, strings, numbers'
    ],
    [
      'a promise',
      () => save(Promise.resolve(1), file),
      'TypeError: save: state is of kind Promise, which a file does not keep; await it'
    ],
    [
      'a Map',
      () => save({ a: new Map() }, file),
      'TypeError: save: state.a is of kind Map, which a file does not keep; use Object.fromEntries(map)'
    ],
    [
      'a Set',
      () => save({ a: new Set() }, file),
      'TypeError: save: state.a is of kind Set, which a file does not keep; use [...set]'
    ],
    [
      'a Date',
      () => save({ a: new Date() }, file),
      'TypeError: save: state.a is of kind Date, which a file does not keep; use its toISOString()'
    ],
    [
      'a typed array',
      () => save({ a: new Float32Array(1) }, file),
      'TypeError: save: state.a is of kind Float32Array, which a file does not keep; use tensor(array)'
    ],
    ['what contains itself', () => save(cyclic, file), 'TypeError: save: state.a.0 contains itself'],
    ['what nests too deep', () => save(deep, file), 'RangeError: save: state.a.a.a... nests deeper than 100 levels'],
    [
      'a file without a state',
      () => {
        safetensors.saveFile({}, at('plain'))
        return load(at('plain'))
      },
      `RangeError: load: ${at('plain')} has tensors, but no state that save() wrote; ` +
        'safetensors.loadFile() reads its tensors'
    ],
    ['another version', broken('{"version":2}'), message('it is of no version that this dyngrad knows')],
    ['no object', broken('null'), message('it is of no version that this dyngrad knows')],
    ['no JSON', broken('{"version":01}'), message('it is no JSON')],
    ['deep JSON', broken(version('['.repeat(1000))), message('the value at character 326 nests too deep')],
    ['a tensor that is not there', broken(version('{"$":["tensor","z"]}')), message("the file has no tensor 'z'")],
    ['an unknown tag', broken(version('{"$":["date","z"]}')), message("its '$' is none that this dyngrad knows")],
    ['a tag that is none', broken(version('{"$":5}')), message("its '$' is none that this dyngrad knows")],
    [
      'a tag without its value',
      broken(version('{"$":["bigint","1e9"]}')),
      message("its '$' is none that this dyngrad knows")
    ],
    [
      'integers that require gradients',
      broken(version('{"$":["tensor","i",true]}')),
      message("'i' cannot require gradients")
    ]
  ])('%s', (_, call, expected) => {
    expect(thrown(call)).toBe(expected)
  })
})
