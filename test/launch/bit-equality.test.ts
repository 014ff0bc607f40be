// Eager and fused give the same bits: random pointwise expressions, perhaps ending in a reduction, over layouts,
// lengths, thread counts and instruction sets. DYNGRAD_FUZZ_SEED and DYNGRAD_FUZZ_ROUNDS choose others or more.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSanitized, runProgram } from '../helpers/program'

interface Outcome {
  readonly isa: string
  readonly rounds: number
  readonly differences: readonly string[]
}

const seed = Number(process.env.DYNGRAD_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 30))
const rounds = Number(process.env.DYNGRAD_FUZZ_ROUNDS ?? (isSanitized ? 60 : 500))

const { variables } = JSON.parse(readFileSync(join(__dirname, '../../native/build.json'), 'utf8')) as {
  variables: Record<string, string[]>
}

describe(`random expressions (DYNGRAD_FUZZ_SEED=${seed})`, () => {
  test.each(variables[`${process.arch}_isas`])(
    'give the same bits eager and fused under %s',
    (isa) => {
      let outcome: Outcome
      try {
        outcome = runProgram<Outcome>('bit-equality', [seed, rounds], { DYNGRAD_ISA: isa })
      } catch (error) {
        const missing = /which this (CPU|build) does not have/.exec(String(error))
        if (!missing) throw error
        console.log(`skipped: this ${missing[1]} does not have ${isa}`)
        return
      }
      expect(outcome.differences.join('\n\n')).toBe('')
      expect(outcome).toMatchObject({ isa, rounds })
    },
    3_600_000
  )
})
