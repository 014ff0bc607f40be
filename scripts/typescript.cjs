// `node --require ./scripts/typescript.cjs file.ts` runs TypeScript as CommonJS; `npm run check` checks its types.
const { transformFileSync } = require('@swc/core')

process.setSourceMapsEnabled(true)

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformFileSync(filename, {
    swcrc: false,
    sourceMaps: 'inline',
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' }
  })
  module._compile(code, filename)
}
