// A row of where as a method. See helpers/rows.ts.

import { checkedIn } from '../helpers/rows'

checkedIn('ops/pytorch.test.ts')('where', 'as a method', [[3], [3]], (x, y) => x.where(x.detach().gt(0), y))
