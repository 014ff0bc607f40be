// Rows of hooks on leaves. See helpers/rows.ts.

import { enableGrad, ones } from '../../lib'
import { checkedIn, constant } from '../helpers/rows'

checkedIn('ops/hooks.test.ts')(
  'registerPostAccumulateGradHook',
  '',
  [[2]],
  (x) => {
    const leaf = ones(2, { requiresGrad: true })
    leaf.registerPostAccumulateGradHook((p) => {
      p.grad = p.grad!.mul(2)
    })
    enableGrad(() => {
      leaf.mul(3).sum().backward()
    })
    return x.detach().mul(leaf.grad!)
  },
  constant
)
