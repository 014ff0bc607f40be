// The cases of test/fixtures/ops, which scripts/fixtures/ops.py writes: what PyTorch computes, and the gradients.

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Encoded, EncodedNumber, EncodedTensor } from './fixture'

export interface OpCase {
  readonly op: string
  readonly args: readonly Encoded[]
  readonly kwargs: Readonly<Record<string, Encoded>>
  readonly output: EncodedTensor | readonly EncodedTensor[]
  readonly node?: string
  readonly weights?: readonly EncodedNumber[]
  readonly grads?: readonly (EncodedTensor | null)[]
  readonly seconds?: readonly (EncodedTensor | null)[]
}

interface Topic {
  /** Ops whose results are the same to the last bit. */
  readonly exact: readonly string[]
  /** Ops that are several ops, whose last node is another one here. */
  readonly composed?: readonly string[]
  readonly cases: readonly OpCase[]
}

const folder = join(__dirname, '..', 'fixtures', 'ops')

export const topics: readonly Topic[] = readdirSync(folder)
  .sort()
  .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Topic)
