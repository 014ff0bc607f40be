// Locks of storages: bytes that a running step updates, and bytes of a finished recording.

import { inspect } from 'node:util'
import { ones, zeros } from 'dyngrad'
import { STASHED, endUpdate, startUpdate } from '../../lib/lock'
import { denseTensor } from '../../lib/tensor/geometry'
import { thrown } from '../helpers/check'
import { listen } from '../helpers/listen'

const UPDATED =
  'this tensor is updated by a running step.async(): read it at any time, or await its promise before you write to it'

describe('a locked storage', () => {
  test('made in a step tells so whoever touches it', () => {
    const x = ones(2, 2)
    x.storage.lock = STASHED
    const doors = [
      () => x.add(1),
      () => ones(2, 2).add(x),
      () => x.at([0]),
      () => x.at(0, 0).item(),
      () => x.tolist(),
      () => x.toTypedArray(),
      () => String(x),
      () => inspect(x),
      () => JSON.stringify(x)
    ]
    for (const door of doors)
      expect(thrown(door)).toMatch(/^Error: compile: this tensor was made inside a compiled step/)
    x.storage.lock = null
    expect(x.sum().item()).toBe(4)
  })

  test('that is updated is read as it is, refuses writes, and shows the update in the end', () => {
    const x = ones(2, 2)
    const spare = startUpdate(x.storage)
    expect([x.add(1).tolist(), ones(2, 2).add(x.at(0)).tolist(), x.at(0, 0).item(), String(x)]).toEqual([
      [[2, 2], [2, 2]], // prettier-ignore
      [[2, 2], [2, 2]], // prettier-ignore
      1,
      'tensor([[1., 1.],\n        [1., 1.]])'
    ])
    const writes = [
      () => x.add_(1),
      () => x.at(0).zero_(),
      () => x.setAt(0, 5),
      () => x.copy_(zeros(2, 2)),
      () => x.t().exp_(),
      () => x.detach().fill_(2),
      () => (x.data = ones(2))
    ]
    for (const write of writes) expect(thrown(write)).toBe(`Error: ${UPDATED}`)
    expect(x.tolist()).toEqual([[1, 1], [1, 1]]) // prettier-ignore
    const view = x.at(1)
    const made = denseTensor(spare, [2, 2], x.code)
    made.fill_(7)
    endUpdate(x.storage, spare, true)
    expect([x.tolist(), view.tolist()]).toEqual([[[7, 7], [7, 7]], [7, 7]]) // prettier-ignore
    expect(x.add_(1).at(0, 0).item()).toBe(8)
  })

  test('breaks a recording that catches it', () => {
    const x = ones(2)
    x.storage.lock = STASHED
    expect(listen(() => thrown(() => x.add(1))).broken).toHaveLength(1)
  })
})
