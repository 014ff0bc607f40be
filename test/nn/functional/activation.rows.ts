// Rows of the activations of nn.functional. See helpers/rows.ts.

import { nn } from '../../../lib'
import { exact, extreme, floating, noBool, row, unary } from '../../helpers/rows'

const { functional } = nn
const onlyFloats = { rejects: floating }
unary('softplus', (a) => (a > 20 ? a : Math.log1p(Math.exp(a))), { call: (x) => functional.softplus(x), ...onlyFloats })
unary('softplus', (a) => (a * 2.5 > 1.5 ? a : Math.log1p(Math.exp(a * 2.5)) / 2.5), {
  variant: 'with beta and threshold',
  call: (x) => functional.softplus(x, 2.5, { threshold: 1.5 }),
  ...onlyFloats
})
unary('elu', (a) => (a < 0 ? Math.expm1(a) : a), { call: (x) => functional.elu(x), ...onlyFloats })
unary('elu', (a) => (a < 0 ? 0.5 * Math.expm1(a) : a), {
  variant: 'with alpha',
  call: (x) => functional.elu(x, 0.5),
  ...onlyFloats
})
unary('leakyRelu', (a) => (a > 0 ? a : 0.01 * a), { call: (x) => functional.leakyRelu(x), ...onlyFloats, ulps: 1 })
unary('leakyRelu', (a) => (a > 0 ? a : -0.25 * a), {
  variant: 'with a slope',
  call: (x) => functional.leakyRelu(x, { negativeSlope: -0.25 }),
  ...onlyFloats,
  ...exact
})
unary('hardtanh', (a) => (a < -1 ? -1 : a > 1 ? 1 : a), {
  call: (x) => functional.hardtanh(x),
  rejects: ['uint8', 'bool'],
  ...exact
})
unary('hardtanh', (a) => (a < 0 ? 0 : a > 1.5 ? 1.5 : a), {
  variant: 'with limits',
  call: (x) => functional.hardtanh(x, 0, 1.5),
  ...extreme,
  ...noBool
})
// The exponential overflows in float32 before it does in JavaScript.
unary('silu', (a) => a / (1 + Math.exp(-a)), { call: (x) => functional.silu(x), ...onlyFloats, specials: false })
unary('gelu', null, { call: (x) => functional.gelu(x), ...onlyFloats })
unary('gelu', (a) => a / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (a + 0.044715 * a ** 3))), {
  variant: 'near',
  call: (x) => functional.gelu(x, { approximate: 'tanh' }),
  ...onlyFloats,
  ulps: 64
})
unary('mish', null, { call: (x) => functional.mish(x), ...onlyFloats })
unary('logsigmoid', (a) => Math.min(a, 0) - Math.log1p(Math.exp(-Math.abs(a))), {
  call: (x) => functional.logsigmoid(x),
  ...onlyFloats
})
unary('tanhshrink', null, { call: (x) => functional.tanhshrink(x), ...noBool })
unary('softshrink', (a) => (a > 0.5 ? a - 0.5 : a < -0.5 ? a + 0.5 : a * 0), {
  call: (x) => functional.softshrink(x),
  ...onlyFloats,
  ...exact
})
unary('hardsigmoid', (a) => (a !== a ? NaN : Math.min(Math.max(a + 3, 0), 6) / 6), {
  call: (x) => functional.hardsigmoid(x),
  ...onlyFloats
})
unary('hardswish', (a) => (a !== a ? NaN : (a * Math.min(Math.max(a + 3, 0), 6)) / 6), {
  call: (x) => functional.hardswish(x),
  ...onlyFloats
})
unary('relu6', (a) => (a < 0 ? 0 : a > 6 ? 6 : a), { call: (x) => functional.relu6(x), ...extreme, ...noBool })
const gates = [[[2, 4]], [[4]], [[3, 2, 2]], [[0, 2]]]
row('glu', { shapes: gates, call: (x) => functional.glu(x), ...onlyFloats, roundsOnce: true })

// ---- also in torch, with other parameters ----

const variant = 'of nn.functional'
unary('relu', (a) => (a <= 0 ? 0 : a), { variant, call: (x) => functional.relu(x), ...exact, ...noBool })
row('softmax', { variant, shapes: [[[4, 5]]], call: (x) => functional.softmax(x, 1), ...onlyFloats })
row('logSoftmax', { variant, shapes: [[[4, 5]]], call: (x) => functional.logSoftmax(x, 0), ...onlyFloats })
unary('softsign', (a) => a / (1 + Math.abs(a)), { call: (x) => functional.softsign(x), ...noBool })
for (const dim of [0, 1])
  row('softmin', {
    variant: `over dim ${dim}`,
    shapes: [[[2, 3]], [[4, 19]]],
    call: (x) => functional.softmin(x, dim),
    ...onlyFloats
  })
unary('selu', null, { variant, call: (x) => functional.selu(x), ...onlyFloats })
unary('celu', null, { variant, call: (x) => functional.celu(x, 2), ...onlyFloats })
unary('threshold', (a) => (a <= 0.5 ? 3 : a), {
  variant,
  call: (x) => functional.threshold(x, 0.5, 3),
  ...exact,
  ...noBool
})
unary('rrelu', (a) => (a > 0 ? a : 0.25 * a), {
  variant,
  call: (x) => functional.rrelu(x, 0.125, 0.375),
  ...onlyFloats,
  ...exact
})
