// Choices of several elements, against all rows of places that ascend.

import { arange, combinations } from '../../lib'

/** All rows of `r` numbers below `n`, of which each is at least `step` above the one before. */
function ascending(n: number, r: number, step: number): number[][] {
  if (r === 0) return [[]]
  return ascending(n, r - 1, step).flatMap((row) =>
    Array.from({ length: n }, (_, next) => [...row, next]).filter(
      (longer) => row.length === 0 || longer.at(-1)! >= row.at(-1)! + step
    )
  )
}

test.each([
  [5, 1],
  [5, 2],
  [5, 3],
  [6, 4],
  [4, 4]
])('combinations of %i elements, %i at a time, are all that ascend', (n, r) => {
  expect(combinations(arange(n), r).tolist()).toEqual(ascending(n, r, 1))
  expect(combinations(arange(n), r, true).tolist()).toEqual(ascending(n, r, 0))
})

test('no combination of more elements than there are', () => {
  expect(combinations(arange(3), 2 ** 40).shape).toEqual([0, 2 ** 40])
  expect([combinations(arange(3), 4).shape, combinations(arange(0), 2, true).shape]).toEqual([
    [0, 4],
    [0, 2]
  ])
})
