// Rows of angles and lengths. See helpers/rows.ts.

import { binary, floating, unary } from '../helpers/rows'

unary('deg2rad', (a) => a * (Math.PI / 180), { ulps: 1 })
unary('rad2deg', (a) => a * (180 / Math.PI), { ulps: 1 })
unary('angle', (a) => (a !== a ? NaN : a < 0 ? Math.PI : 0))
binary('hypot', (a, b) => Math.hypot(a, b), { rejects: floating })
unary('sinc', (a) => (a === 0 ? 1 : Math.sin(Math.PI * a) / (Math.PI * a)), {
  ulps: 8,
  domain: [0.1, 0.9],
  specials: false
})
