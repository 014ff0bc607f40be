// scripts/bundle.mjs puts it first: where a server is bundled as an ES module, the first `require` of a built-in module
// throws something that helps nobody.

/** What is said where a bundler has taken the code away from the package. */
export const BUNDLED =
  'dyngrad: a bundler has moved it away from its native binary; mark dyngrad as external in the bundler and ' +
  'ship node_modules/dyngrad (docs/deploying.md)'

if (typeof __dirname === 'undefined') throw new Error(BUNDLED)
