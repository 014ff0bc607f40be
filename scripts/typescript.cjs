// `node --require ./scripts/typescript.cjs file.ts` runs TypeScript as CommonJS; `npm run check` checks its types.
const { join } = require('node:path')
const { transformFileSync } = require('@swc/core')
const { staleAddon } = require('./stale-addon.cjs')

process.setSourceMapsEnabled(true)

// Processes that this one starts need not look again.
if (!process.env.DYNGRAD_ADDON_CHECKED) {
  const fault = staleAddon(join(__dirname, '..'))
  if (fault) console.error(fault)
  process.env.DYNGRAD_ADDON_CHECKED = '1'
}

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformFileSync(filename, {
    swcrc: false,
    sourceMaps: 'inline',
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' }
  })
  module._compile(code, filename)
}
