// The size of a row by an order, and its slope: what all norms and distances are made of.

import { type Value, div as quotient, where as select } from './define/value'

/** Which formula an order has. */
export function formOf(order: number): string {
  if (order === 0) return 'count'
  if (order === 1) return 'sum'
  if (order === 2) return 'root'
  if (order === Infinity) return 'largest'
  if (order === -Infinity) return 'smallest'
  return order < 1 ? 'below 1' : order < 2 ? 'below 2' : 'above 2'
}

/** 1 where the condition holds, in the dtype of `like`. */
export const oneWhere = (condition: Value, like: Value): Value => select(condition, like.zerosLike().add(1), 0)

export const zeroWhere = (isZero: Value, x: Value): Value => select(isZero, 0, x)

/** `sum(|x|^order)^(1/order)` over the dims of a call. */
export function sizeOf(x: Value, order: Value, form: string): Value {
  switch (form) {
    case 'count':
      return oneWhere(x.ne(0), x).sum()
    case 'sum':
      return x.abs().sum()
    case 'root':
      return x.square().sum().sqrt()
    case 'largest':
      return x.abs().amax()
    case 'smallest':
      return x.abs().amin()
    default:
      return x.abs().pow(order).sum().pow(quotient(1, order))
  }
}

/** The gradient of the elements from that of their size, which is asked for where a form reads it; null for a count. */
export function sizeSlope(g: Value, x: Value, size: () => Value, order: Value, form: string): Value | null {
  const scaled = (): Value => zeroWhere(size().eq(0), g.div(size().pow(order.sub(1))))
  switch (form) {
    case 'count':
      return null
    case 'sum':
      return x.sign().mul(g)
    case 'root':
      return g.mul(zeroWhere(size().eq(0), x.div(size())))
    case 'largest':
    case 'smallest': {
      const each = x.abs()
      const ties = oneWhere(each.eq(size()).logicalOr(each.isnan()), x)
      return x.sign().mul(g.div(ties.sum()).mul(ties))
    }
    case 'below 1': {
      const powers = zeroWhere(x.eq(0), x.abs().pow(order.sub(1)))
      return x
        .sign()
        .mul(powers)
        .mul(g)
        .mul(size().pow(order.neg().add(1)))
    }
    case 'below 2':
      return x
        .sign()
        .mul(x.abs().pow(order.sub(1)))
        .mul(scaled())
    default:
      return x.mul(x.abs().pow(order.sub(2))).mul(scaled())
  }
}
