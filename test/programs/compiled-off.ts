// A program of test/compile/footguns.test.ts: a compiled function with DYNGRAD_COMPILE=0. Prints one line of JSON.
import { type Tensor, compile, tensor } from '../../lib'

async function main(): Promise<void> {
  let runs = 0
  const step = compile((x: Tensor) => x.mul(++runs))
  const x = tensor([1, 2, 3])
  const factors = [1, 2, 3].map(() => step(x).at(0).item())
  const counted = { runs, factors, programs: step.programs.length }
  const reads = compile((input: Tensor) => input.sum().item())(x)
  const later = (await step.async(x)).tolist()
  // Nothing to prepare.
  step.prepare(x)
  const prepared = runs
  const unfinished = compile((async (input: Tensor) => Promise.resolve(input)) as (input: Tensor) => unknown)
  let refusal = ''
  try {
    unfinished(x)
  } catch (error) {
    refusal = String(error)
  }
  console.log(JSON.stringify({ ...counted, reads, later, prepared, refusal }))
}

void main()
