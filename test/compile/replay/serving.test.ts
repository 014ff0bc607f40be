// Reading while step.async() runs: whoever reads finds what the newest finished step has left and never waits; inputs
// are the caller's again once handed over; what a step updates refuses other writes.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Tensor, compile, full, manualSeed, nn, noGrad, ones, optim, randn, tensor, zeros } from 'dyngrad'
import { thrown } from '../../helpers/check'
import { longStep } from '../../helpers/long-step'

const UPDATED =
  'this tensor is updated by a running step.async(): read it at any time, or await its promise before you write to it'

// Steps that take a hundred milliseconds.
const long = () => longStep(600, 8)

/** A model whose steps take some milliseconds, and what one step does. */
function trained(make: (parameters: Tensor[]) => optim.SGD | optim.Adam) {
  manualSeed(7)
  const net = new nn.Sequential(new nn.Linear(32, 256), new nn.Tanh(), new nn.Linear(256, 8))
  const optimizer = make([...net.parameters()])
  const lossFn = new nn.MSELoss()
  const step = (x: Tensor, y: Tensor): Tensor => {
    optimizer.zeroGrad()
    const loss = lossFn.forward(net.forward(x), y)
    loss.backward()
    optimizer.step()
    return loss
  }
  return { net, optimizer, step, x: randn(512, 32), y: randn(512, 8) }
}

const makers: Record<string, (parameters: Tensor[]) => optim.SGD | optim.Adam> = {
  SGD: (parameters) => new optim.SGD(parameters, { lr: 0.05 }),
  'SGD with momentum': (parameters) => new optim.SGD(parameters, { lr: 0.05, momentum: 0.9 }),
  Adam: (parameters) => new optim.Adam(parameters, { lr: 0.01 })
}

const bits = (value: Tensor): string => Buffer.from(value.toTypedArray().buffer).toString('base64')

/** All that a checkpoint holds. */
const stateOf = ({ net, optimizer }: Pick<ReturnType<typeof trained>, 'net' | 'optimizer'>): string =>
  JSON.stringify([net.stateDict(), optimizer.stateDict(), [...net.parameters()].map(({ grad }) => grad)])

describe('what a running step updates', () => {
  test('reads as the newest finished step has left it', async () => {
    const { weight, x, step } = long()
    const before = bits(weight)
    const running = step.async(x)
    const found = [bits(weight), bits(weight.t().contiguous().t()), bits(weight.at(0)), bits(weight.add(0))]
    const line = before.slice(0, found[2].length - 4)
    expect(found[2].slice(0, -4)).toBe(line)
    expect([found[0] === before, found[1] === before, found[3] === before]).toEqual([true, true, true])
    const view = weight.at(3)
    await running
    expect(bits(weight)).not.toBe(before)
    expect(bits(view)).toBe(bits(weight.at(3)))
  })

  const writes: Record<string, (weight: Tensor, step: (x: Tensor) => unknown, x: Tensor) => unknown> = {
    'add_()': (weight) => weight.add_(1),
    'a write through a view': (weight) => weight.at(0).zero_(),
    'a write through detach()': (weight) => weight.detach().zero_(),
    'copy_()': (weight) => weight.copy_(zeros(1)),
    'setAt()': (weight) => weight.setAt(0, 1),
    'random numbers': (weight) => weight.normal_(),
    'other data': (weight) => (weight.data = zeros(1)),
    'the step itself': (_weight, step, x) => step(x)
  }
  test.each(Object.entries(writes))('refuses %s until it ends, and is unharmed', async (_name, write) => {
    const { weight, x, step } = long()
    const plain = long()
    plain.step(plain.x)
    const running = step.async(x)
    expect(thrown(() => write(weight, step, x))).toBe(`Error: ${UPDATED}`)
    await running
    expect(bits(weight) === bits(plain.weight)).toBe(true)
    expect(() => write(weight, step, x)).not.toThrow()
  })

  test.each(Object.entries(makers))('%s: each read between two steps finds all of one step', async (_name, make) => {
    const plain = trained(make)
    const expected = [stateOf(plain)]
    for (let i = 0; i < 6; i++) {
      plain.step(plain.x, plain.y)
      expected.push(stateOf(plain))
    }
    const task = trained(make)
    const step = compile(task.step)
    const found = [stateOf(task)]
    for (let i = 0; i < 6; i++) {
      const running = step.async(task.x, task.y)
      // The first calls record, at once.
      if (step.programs.length === 2 && i > 2) expect(stateOf(task)).toBe(expected[i])
      await new Promise((resolve) => setImmediate(resolve))
      expect([expected[i], expected[i + 1]]).toContain(stateOf(task))
      await running
      found.push(stateOf(task))
    }
    expect(found).toEqual(expected)
  })

  test('is what an error inside leaves, as eager does', async () => {
    const counter = zeros(400)
    const step = compile((x: Tensor) => {
      counter.add_(1)
      return nn.functional.binaryCrossEntropy(x, ones(400))
    })
    step(full([400], 0.5))
    const running = step.async(full([400], 7))
    const during = counter.at(0).item()
    await expect(running).rejects.toThrow('all elements of input should be between 0 and 1')
    expect([during, counter.at(0).item(), counter.add_(1).at(399).item()]).toEqual([1, 2, 3])
  })

  test('of which two functions update the same is updated one after the other', async () => {
    const counter = zeros(300, 300)
    const add = compile((x: Tensor) => counter.add_(x))
    const double = compile((x: Tensor) => counter.add_(x.mul(0)).mul_(2))
    const x = ones(300, 300)
    add(x)
    double(x)
    counter.zero_()
    await Promise.all([add.async(x), double.async(x), add.async(x), double.async(x)])
    expect(counter.max().item()).toBe(counter.min().item())
    expect([6, 4, 5, 3, 8, 12]).toContain(counter.at(0, 0).item())
  })
})

describe('inputs once handed over', () => {
  const sizes = { small: 4, 'of a buffer of its own': 300_000 }
  for (const [name, size] of Object.entries(sizes)) {
    test(`${name}: writes are not seen by the step that runs or waits`, async () => {
      const weight = zeros(1)
      const step = compile((x: Tensor) => weight.add_(x.mean()).clone())
      const x = ones(size)
      step(x)
      weight.zero_()
      const results: Promise<Tensor>[] = []
      for (const value of [1, 10, 100, 1000]) {
        x.fill_(value)
        results.push(step.async(x))
      }
      x.fill_(-1)
      expect((await Promise.all(results)).map((result) => result.item())).toEqual([1, 11, 111, 1111])
      expect([x.min().item(), x.max().item()]).toEqual([-1, -1])
    })
  }

  test('reads find their own values', async () => {
    const { x, step } = long()
    const running = [step.async(x), step.async(x)]
    expect([x.at(0, 0).item(), x.sum().item(), String(x.at(0, [0, 1]))]).toEqual([1, 360_000, 'tensor([1., 1.])'])
    await Promise.all(running)
  })

  test('views of them, and neighbours of the same memory, go with the write', async () => {
    const both = ones(2, 200_000)
    const step = compile((x: Tensor) => x.sum())
    step(both.at(0))
    const running = [step.async(both.at(0)), step.async(both.at(1))]
    const second = both.at(1)
    both.at(0).fill_(5)
    second.fill_(6)
    expect((await Promise.all(running)).map((sum) => sum.item())).toEqual([200_000, 200_000])
    expect([both.at(0, 0).item(), both.at(1, 0).item()]).toEqual([5, 6])
  })

  test('leaves keep their gradients', async () => {
    const step = compile((w: Tensor) => {
      const loss = w.mul(w).sum()
      loss.backward()
      return loss.detach()
    })
    const w = full([300_000], 2).requiresGrad_()
    step(w)
    w.grad = null
    const results = [step.async(w), step.async(w)]
    noGrad(() => w.fill_(10))
    expect((await Promise.all(results)).map((loss) => loss.item())).toEqual([1_200_000, 1_200_000])
    expect([w.grad!.min().item(), w.grad!.max().item()]).toEqual([8, 8])
  })

  test('state that the step updates passes from call to call', async () => {
    const step = compile((h: Tensor, x: Tensor) => h.mul_(2).add_(x).clone())
    const [h, x] = [ones(50_000), ones(50_000)]
    step(h, x)
    h.fill_(1)
    const results = await Promise.all([step.async(h, x), step.async(h, x), step.async(h, x)])
    expect(results.map((result) => result.at(7).item())).toEqual([3, 7, 15])
    expect(h.at(9).item()).toBe(15)
  })

  test('a write to state between calls that wait is refused, by the tensor or by the call', async () => {
    const step = compile((h: Tensor, x: Tensor) => h.mul_(2).add_(x.matmul(x).at(0)))
    const [h, other, x] = [ones(700), ones(700), ones(700, 700)]
    step(h, x)
    const running = [step.async(h, x), step.async(other, x)]
    expect(thrown(() => h.zero_())).toBe(`Error: ${UPDATED}`)
    other.zero_()
    const outcomes = await Promise.allSettled(running)
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect((outcomes[1] as PromiseRejectedResult).reason).toEqual(
      new Error(
        'step.async(): an argument that the step updates was written to while the call waited; await the calls before it first'
      )
    )
    expect(other.sum().item()).toBe(0)
  })

  test('may be what another function is recorded with', async () => {
    const { x, step } = long()
    const running = step.async(x)
    const other = compile((input: Tensor) => input.add_(1).at(0, 0).clone())
    expect([other(x).item(), other(x).item()]).toEqual([2, 3])
    await running
    expect([other(x).item(), x.at(5, 5).item()]).toEqual([4, 4])
  })
})

describe('compiled readers', () => {
  test('called at once find the newest finished step', async () => {
    const { weight, x, step } = long()
    const read = compile((row: Tensor) => weight.mul(row))
    const row = ones(600)
    read(row)
    for (let i = 0; i < 3; i++) {
      const before = bits(read(row))
      const running = step.async(x)
      expect(bits(read(row)) === before).toBe(true)
      await running
      expect(bits(read(row)) === bits(weight)).toBe(true)
      expect(bits(weight) === before).toBe(false)
    }
  })

  test('on other threads keep what they started with through many updates', async () => {
    const weight = ones(900, 900)
    const bump = compile(() => weight.add_(1))
    const read = compile((x: Tensor) => {
      let y = x
      for (let i = 0; i < 6; i++) y = y.matmul(weight).div(900)
      return y
    })
    const x = ones(900, 900)
    read(x)
    bump()
    // Of ones as weights the result is 1, of twos 2 ** 6, and so on.
    weight.fill_(1)
    const reading = read.async(x)
    for (let i = 0; i < 5; i++) await bump.async()
    const y = await reading
    expect([y.min().item(), y.max().item(), weight.at(0, 0).item()]).toEqual([1, 1, 6])
    expect((await read.async(x)).at(0, 0).item()).toBeCloseTo(6 ** 6, -1)
  })
})

test('2,000 requests during training are each answered from one finished step', async () => {
  const task = trained(makers.Adam)
  const step = compile(task.step)
  const probe = tensor([Array.from({ length: 32 }, (_, i) => Math.sin(i))])
  const answer = (): string => noGrad(() => JSON.stringify(task.net.forward(probe)))
  const server = createServer((_request, response) => {
    // As a user would write it: eager, from the very net and inputs that train.
    const [loss] = noGrad(() => [nn.functional.mseLoss(task.net.forward(task.x.at([0, 1])), task.y.at([0, 1]))])
    response.end(JSON.stringify({ answer: answer(), isFinite: Number.isFinite(loss.item()) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const finished = new Set([answer()])
  let isServing = true
  let steps = 0
  const training = (async () => {
    while (isServing) {
      await step.async(task.x, task.y)
      finished.add(answer())
      steps++
    }
  })()
  const answers: string[] = []
  const client = async (): Promise<void> => {
    while (answers.length < 2000) {
      const response = await fetch(`http://127.0.0.1:${port}/`)
      const body = (await response.json()) as { answer: string; isFinite: boolean }
      expect([response.status, body.isFinite]).toEqual([200, true])
      answers.push(body.answer)
    }
  }
  await Promise.all([client(), client(), client(), client()])
  isServing = false
  await training
  server.closeAllConnections()
  server.close()
  expect(answers.filter((each) => !finished.has(each))).toEqual([])
  // Steps ended between requests.
  expect(new Set(answers).size).toBeGreaterThan(10)
  expect(steps).toBeGreaterThan(10)
}, 60_000)
