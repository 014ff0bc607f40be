// A row of tensors made of numbers inside an op. See helpers/rows.ts.

import { checkedIn } from '../../helpers/rows'

checkedIn('ops/indexing.test.ts')('literal', 'as an index', [[4]], (x) => x.at([3, 1]))
