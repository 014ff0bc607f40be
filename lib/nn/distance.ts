// Distances between rows and the similarity of their directions, as modules.

import { type Arguments, member } from '../declare'
import { pairwiseDistance } from '../ops/distance'
import { Tensor } from '../tensor'
import { cosineSimilarity } from './functional/normalization'
import { Module } from './module'

const signatures = {
  cosineSimilarity: member('CosineSimilarity(dim: int = 1, eps: float = 1e-8)'),
  pairwiseDistance: member('PairwiseDistance(p: float = 2, eps: float = 1e-6, keepdim: bool = false)'),
  pair: member('CosineSimilarity.forward(x1: Tensor, x2: Tensor)'),
  rows: member('PairwiseDistance.forward(x1: Tensor, x2: Tensor)')
}

/** Cosine of the angles between rows along a dim, whose lengths count as at least `eps`. */
export class CosineSimilarity extends Module {
  readonly dim: number
  readonly eps: number

  constructor(...args: Arguments<typeof signatures.cosineSimilarity>) {
    super()
    ;[this.dim, this.eps] = signatures.cosineSimilarity.read(args)
  }

  override forward(...args: Arguments<typeof signatures.pair>): Tensor
  override forward(x1: Tensor, x2: Tensor): Tensor {
    if (arguments.length !== 2 || !(x1 instanceof Tensor) || !(x2 instanceof Tensor)) {
      ;[x1, x2] = signatures.pair.read(arguments)
    }
    return cosineSimilarity(x1, x2, this.dim, this.eps)
  }
}

/** The norms of order `p` of the differences, each plus `eps`, of rows in the last dim. */
export class PairwiseDistance extends Module {
  readonly norm: number
  readonly eps: number
  readonly keepdim: boolean

  constructor(...args: Arguments<typeof signatures.pairwiseDistance>) {
    super()
    ;[this.norm, this.eps, this.keepdim] = signatures.pairwiseDistance.read(args)
  }

  override forward(...args: Arguments<typeof signatures.rows>): Tensor
  override forward(x1: Tensor, x2: Tensor): Tensor {
    if (arguments.length !== 2 || !(x1 instanceof Tensor) || !(x2 instanceof Tensor)) {
      ;[x1, x2] = signatures.rows.read(arguments)
    }
    return pairwiseDistance(x1, x2, this.norm, this.eps, this.keepdim)
  }
}
