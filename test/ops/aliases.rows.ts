// Rows of second names. See helpers/rows.ts.

import * as dyngrad from '../../lib'
import type { Tensor } from '../../lib'
import { declarations } from '../../lib/declare'
import { aliases } from '../helpers/aliases'
import { checkedIn, method, noBool } from '../helpers/rows'

const alias = checkedIn('ops/aliases.test.ts')
const refuseBool = ['abs', 'neg', 'sub', 'trunc']

for (const [name, base] of Object.entries(aliases)) {
  const { parameters } = declarations.get(base)!.signatures[0]
  const isBinary = parameters.some((each) => each.name === 'other')
  if (base === 'clamp') alias(name, '', [[2, 3]], (x) => x.clip(-0.5, 1))
  else
    alias(
      name,
      '',
      isBinary ? [[2, 3], [3]] : [[2, 3]],
      method(name) as (...inputs: Tensor[]) => Tensor,
      refuseBool.includes(base) ? noBool : {}
    )
}
alias('concat', '', [[2], [3]], (...parts) => dyngrad.concat(parts))
alias('concatenate', '', [[2], [3]], (...parts) => dyngrad.concatenate(parts))
alias('positive', '', [[2, 3]], (x) => x.positive(), noBool)
alias('trueDivide', '', [[2, 3], [3]], (x, other) => x.trueDivide(other))
alias('expit', '', [[2, 3]], (x) => dyngrad.special.expit(x))
