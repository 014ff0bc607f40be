// Rows of what tells about a tensor. See helpers/rows.ts.

import * as dyngrad from '../../lib'
import type { Tensor } from '../../lib'
import { checkedIn, constant } from '../helpers/rows'

const query = checkedIn('ops/queries.test.ts')
const shown = (name: string, ask: (x: Tensor) => boolean): void =>
  query(name, '', [[1]], (x) => x.detach().mul(ask(x) ? 1 : 2), constant)
shown('isFloatingPoint', (x) => dyngrad.isFloatingPoint(x))
shown('isComplex', (x) => x.isComplex())
shown('isSigned', (x) => x.isSigned())
shown('isSameSize', (x) => x.isSameSize(x))
query('isNonzero', '', [[1]], (x) => x.detach().mul(x.isNonzero() ? 1 : 2), { ...constant, compiles: false })
query('detach', '', [[2]], (x) => dyngrad.detach(x), constant)
shown('sharesStorage', (x) => dyngrad.sharesStorage(x, x.view(1)))
shown('numel', (x) => dyngrad.numel(x) > 0)
shown('nelement', (x) => x.nelement() > 0)
shown('ndimension', (x) => x.ndimension() > 0)
