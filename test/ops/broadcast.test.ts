// Shapes that broadcast.

import { broadcastShapes } from '../../lib'

test('broadcastShapes() gives the shape that shapes broadcast to', () => {
  expect(broadcastShapes([2, 1], 3)).toEqual([2, 3])
  expect(broadcastShapes([2, 3])).toEqual([2, 3])
  expect(broadcastShapes([0, 1], [1, 5], [5])).toEqual([0, 5])
  expect(broadcastShapes([], [4])).toEqual([4])
  expect(broadcastShapes()).toEqual([])
  expect(broadcastShapes({ shapes: [[2], 1] })).toEqual([2])
})
