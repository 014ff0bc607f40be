// What a compiled function says about itself: explain() in words, toDot() as a picture.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { instance } from '@viz-js/viz'
import { type Tensor, cat, compile, manualSeed, nn, noGrad, normal, ones, optim, randn, tensor, zeros } from 'dyngrad'
import { launchTable } from '../../../lib/compile/report/explain'
import type { Buffer, BufferOperand } from '../../../lib/compile/passes/ir'
import { Buffers, graphOf } from '../../../lib/compile/passes/lower'
import { record } from '../../../lib/compile/record/recorder'

const guide = readFileSync(join(__dirname, '../../../docs/compile.md'), 'utf8')

/** The logistic regression of docs/compile.md. */
function logisticRegression(options: Partial<optim.SGDOptions> = {}) {
  manualSeed(0)
  const x = cat([normal(ones(100, 2).mul(1.7), 1).add(1), normal(ones(100, 2).mul(-1.7), 1).add(1)])
  const y = cat([zeros(100), ones(100)])
  const net = new nn.Sequential(new nn.Linear(2, 1), new nn.Sigmoid())
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.1, ...options })
  const step = (x: Tensor, y: Tensor): Tensor => {
    const loss = new nn.BCELoss().forward(net.forward(x).squeeze(), y)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    return loss
  }
  return { x, y, step }
}

/** Lines of an explanation without the spaces that line them up. */
const linesOf = (text: string): string[] => text.split('\n').map((line) => line.trim().replace(/ +/g, ' '))

describe('explain()', () => {
  test('says that there is nothing yet', () => {
    expect(compile(() => ones(2)).explain()).toBe('no programs yet: the first call makes one')
  })

  test('prints the logistic regression as docs/compile.md shows it', () => {
    const { x, y, step } = logisticRegression()
    const compiled = compile(step)
    compiled(x, y)
    expect(guide).toContain(`\n${compiled.explain()}\n`)
  })

  test('the guide shows the launches that were recorded', () => {
    const { x, y, step } = logisticRegression()
    step(x, y)
    const { recording } = record(() => step(x, y), [x, y])
    const numbers = new Map<Buffer, number>()
    const nameOf = ({ buffer, offset }: BufferOperand): string => {
      if (!numbers.has(buffer)) numbers.set(buffer, numbers.size)
      return `${buffer.isFresh ? 't' : 'm'}${numbers.get(buffer)}${offset > 0 ? `+${offset}` : ''}`
    }
    const table = launchTable(graphOf(recording, new Buffers(recording, 8)).launches, nameOf).join('\n')
    expect(guide).toContain(`\n${table}\n`)
  })

  test('names state that a step makes, and state that it updates in place', () => {
    const { x, y, step } = logisticRegression({ momentum: 0.9 })
    const compiled = compile(step)
    for (let i = 0; i < 2; i++) compiled(x, y)
    const lines = linesOf(compiled.explain())
    expect(lines).toContain('p2 momentumBuffer: float32 [1, 2]')
    expect(lines).toContain('new0 becomes momentumBuffer: float32 [1, 2]')
    expect(lines).toContain('s0 live number: float32, now 0.9')
  })

  test('tells shapes, bytes and FLOP of every family', () => {
    const rows = tensor([0n, 2n])
    const compiled = compile((x: Tensor) => [
      randn(3),
      x.argmax(1),
      x.at(rows),
      x.matmul(x.t()),
      x.expand(3, 4, 2).sum(1)
    ])
    compiled(ones(4, 2))
    const lines = linesOf(compiled.explain())
    const launches = lines.filter((line) => /^\d+ (?!of )/.test(line)).map((line) => line.replace(/^\d+ /, ''))
    // A random launch reads and writes the 2512 bytes of its generator's state.
    expect(launches).toEqual([
      'normal [2512], [3] 5036 0',
      'argmax [4, 2] -> [4] 64 8',
      'gather [2, 2, 4], [2, 2] -> [2, 2] 48 0',
      'matmul [4, 2] @ [2, 4] 128 64',
      'reduce [3, 4, 2] over 1 56 24'
    ])
  })

  test('tells batches and the bias of a matrix product', () => {
    const layer = new nn.Linear(2, 5)
    const compiled = compile((x: Tensor) => [layer.forward(x), x.bmm(x.transpose(1, 2))])
    noGrad(() => compiled(ones(3, 4, 2)))
    const text = compiled.explain()
    expect(text).toMatch(/matmul +\[[\d, ]+\] @ \[[\d, ]*2, 5\] \+ bias +\d+ +240\n/)
    // a, b and out, each of its elements once.
    expect(text).toMatch(/matmul +\[3, 4, 2\] @ \[3, 2, 4\] +384 +192\n/)
  })

  test('prints the backward of results with a graph', () => {
    const layer = new nn.Linear(2, 1)
    const compiled = compile((x: Tensor) => layer.forward(x).sigmoid())
    compiled(ones(4, 2))
    const lines = linesOf(compiled.explain())
    expect(lines).toContain('backward of program 0')
    expect(lines).toContain('x0 gradient of a result: float32 [4, 1]')
    expect(lines).toContain('x1 kept by the forward: uint8 [16]')
    expect(lines).toContain('x2 argument of the forward: float32 [4, 2]')
  })

  test('gives memory that is handed out twice one name', () => {
    const compiled = compile((x: Tensor) => {
      const twice = x.mul(2)
      return [twice, twice.view(2, 1), twice.at(1)]
    })
    compiled(ones(2))
    const lines = linesOf(compiled.explain())
    expect(lines).toContain('out0 = mul(x0, 2)')
    expect(lines).toContain('out0 result 1: float32 [2, 1]')
    expect(lines).toContain('out1 result 2: float32 []')
  })

  test('shows checks whose results nobody needs', () => {
    const loss = new nn.BCELoss()
    const compiled = compile((x: Tensor) => {
      loss.forward(x, x)
      return x.neg()
    })
    compiled(ones(2))
    expect(linesOf(compiled.explain())).toContain('v0 = checkUnit(x0)')
  })

  test('breaks long expressions, and names an argument that nothing reads', () => {
    const compiled = compile((x: Tensor, unread: Tensor) => {
      let sum = x
      for (let i = 1; i <= 20; i++) sum = sum.mul(i + 0.1).add(unread.shape[0])
      return sum
    })
    compiled(ones(2), ones(3))
    const text = compiled.explain()
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
    expect(linesOf(text)).toContain('x1 argument 1: float32 [3], not read')
  })
})

describe('toDot()', () => {
  async function svgOf(dot: string): Promise<string> {
    return (await instance()).renderString(dot, { format: 'svg' })
  }

  test('draws launches, memory and what passes between them', async () => {
    const { x, y, step } = logisticRegression({ momentum: 0.9 })
    const compiled = compile(step)
    for (let i = 0; i < 2; i++) compiled(x, y)
    const dot = compiled.toDot()
    const svg = await svgOf(dot)
    expect(svg).toContain('Linear.weight')
    expect(svg).toContain('0 matmul [200, 2] @ [2, 1] + bias')
    expect(dot).toContain('launch0 -> launch1 [label="@0, 800 B"]')
    const [, weight] = /(memory\d+) \[.*label="p0\\lLinear\.weight/.exec(dot)!
    expect(dot).toContain(`${weight} -> launch0\n`)
    expect(dot).toContain(`${weight} -> launch4 [dir=both]`)
  })

  test('draws every writer of what is written in parts', async () => {
    const compiled = compile((x: Tensor) =>
      cat([x.mul(2), x.exp()])
        .softmax(0)
        .matmul(ones(4))
    )
    compiled(ones(2))
    expect(await svgOf(compiled.toDot())).toContain('</svg>')
    expect(compiled.toDot()).not.toContain('undefined')
  })

  test('is an empty graph before the first call', async () => {
    expect(await svgOf(compile(() => ones(2)).toDot())).toContain('</svg>')
  })
})

test('times of kernels need no replay before', () => {
  const step = compile((x: Tensor) => x.exp().sum())
  const value = step(ones(4)).item()
  const [program] = step.programs
  expect([...program.kernelTimes(3)].every((time) => time > 0)).toBe(true)
  expect(step(ones(4)).item()).toBe(value)
})
