// Stands first in the bundle: in a bundle of ES modules the first `require` of a built-in module throws something else.

/** What is said where a bundler has taken the code away from the package. */
export const BUNDLED =
  'dyngrad: a bundler has moved it away from its native binary; mark dyngrad as external in the bundler and ' +
  'ship node_modules/dyngrad (docs/deploying.md)'

if (typeof __dirname === 'undefined') throw new Error(BUNDLED)
