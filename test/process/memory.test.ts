// Memory stays bounded in synchronous loops, large results and kept gradients included, and a lock guards storage.
import { type Tensor, cat, matmul, noGrad, ones, randn, setAt, tensor } from '../../lib'
import { type Measured, MB, growth, measure, report } from '../helpers/memory'
import { isSanitized } from '../helpers/program'
import { STASHED } from '../../lib/lock'

// The sanitizer delays each free, so that peaks say nothing there.
const describeMemory = isSanitized ? describe.skip : describe

describeMemory('a synchronous loop', () => {
  // Steps, and bounds in MB: how much the peak may rise after the first tenth, and where it may end. V8 collects a few
  // results of 40 MB at a time, and the more the busier the machine: newer ones mark on other threads (683 MB on 24,
  // and 403 MB of logisticRegression); everything else waits for a collection of the young generation.
  const loops: [string, steps: number, rise: number, peak: number, last: number][] = [
    ['updates', 200_000, 64, 300, 1],
    ['logisticRegression', 150_000, 224, 450, 0.04],
    ['largeResults', 100, 160, 900, 2],
    ['largeGraphs', 30, 160, 900, 1],
    // Hooks keep 50 gradients; the last value counts those that changed afterwards.
    ['stashes', 5_000, 96, 350, 0],
    // 64 small results, each of which pins a chunk of 64 KiB.
    ['pinned', 500_000, 128, 350, 64]
  ]

  test.each(loops)('of %s: %i steps run in bounded memory', (loop, steps, rise, peak, last) => {
    const measured: Measured = measure(loop, steps)
    const text = report(loop, steps, measured)
    if (growth(measured) > rise * MB || measured.late.peakRss > peak * MB) throw new Error(text)
    expect(measured.last).toBeCloseTo(last, 3)
  })
})

// Only glibc is told to keep what is freed.
const { glibcVersionRuntime } = (process.report!.getReport() as unknown as { header: Record<string, string> }).header
const describeGlibc = glibcVersionRuntime === undefined || isSanitized ? describe.skip : describe

describeGlibc('a freed result', () => {
  test('serves the next one without page faults', () => {
    const steps = 2000
    const { early, late, last } = measure('mediumResults', steps)
    // Without reuse each step touches 98 new pages.
    expect((late.pageFaults - early.pageFaults) / (0.9 * steps)).toBeLessThan(20)
    expect(last).toBe(2)
  })
})

describe('the lock of a storage', () => {
  const refused = 'this tensor was made inside a compiled step'

  function busy(body: (x: Tensor) => unknown): () => unknown {
    return () => {
      const x = randn(3, 3).requiresGrad_()
      x.storage.lock = STASHED
      return body(x)
    }
  }

  const other = ones(3, 3)
  const launches: Record<string, (x: Tensor) => unknown> = {
    'unary ops': (x) => x.exp(),
    'scalar ops': (x) => x.add(1),
    'binary ops': (x) => other.mul(x),
    'broadcasting ops': (x) => other.at(0).add(x),
    'in-place ops': (x) => noGrad(() => x.add_(1)),
    'in-place ops from it': (x) => other.clone().copy_(x),
    reductions: (x) => x.sum(0),
    argmax: (x) => x.argmax(),
    'matrix products': (x) => matmul(x, other),
    joins: (x) => cat([other, other, x]),
    'index lists': (x) => x.at([0, 1]),
    'writes through subscripts': (x) => noGrad(() => setAt(x, [0, 0], 1)),
    'random fills': (x) => noGrad(() => x.normal_()),
    fills: (x) => noGrad(() => x.zero_()),
    'ops on views': (x) => x.t().exp(),
    'ops on aliases': (x) => x.detach().exp()
  }
  test.each(Object.entries(launches))('makes %s throw', (_name, body) => {
    expect(busy(body)).toThrow(refused)
  })

  const reads: Record<string, (x: Tensor) => unknown> = {
    'item()': (x) => x.at(0, 0).item(),
    'tolist()': (x) => x.tolist(),
    'toTypedArray()': (x) => x.toTypedArray(),
    'String(x)': (x) => String(x),
    JSON: (x) => JSON.stringify(x)
  }
  test.each(Object.entries(reads))('makes %s throw', (_name, body) => {
    expect(busy(body)).toThrow(refused)
  })

  test('stops a backward that would accumulate into it, and leaves neighbours alone', () => {
    const x = ones(2).requiresGrad_()
    x.mul(2).sum().backward()
    x.grad!.storage.lock = STASHED
    expect(() => x.mul(2).sum().backward()).toThrow(refused)
    x.grad!.storage.lock = null
    expect(String(x.grad)).toBe('tensor([2., 2.])')
    // Small results share one buffer.
    const [a, b] = [tensor([1]).add(1), tensor([2]).add(1)]
    a.storage.lock = STASHED
    expect(b.item()).toBe(3)
  })
})
