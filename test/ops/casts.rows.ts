// Rows of casts that are called by a dtype's name. See helpers/rows.ts.

import { checkedIn, constant } from '../helpers/rows'

const casts = checkedIn('tensor/tensor.test.ts')

for (const name of ['float', 'double', 'half', 'bfloat16', 'int', 'long', 'byte', 'bool', 'char', 'short'] as const) {
  casts(name, '', [[2, 3]], (x) => x[name](), { domain: [0, 3], ...constant })
}

casts('type', '', [[2, 3]], (x) => x.type('torch.FloatTensor'), { domain: [0, 3], ...constant })
