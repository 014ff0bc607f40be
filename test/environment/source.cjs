// Preloaded by tests that run a program of its own: `dyngrad` is then the sources of this package, not a build of them.
const Module = require('node:module')
const { join } = require('node:path')

require('../../scripts/typescript.cjs')

const resolve = Module._resolveFilename
Module._resolveFilename = function (request, ...rest) {
  const match = /^dyngrad(?:\/(.+))?$/.exec(request)
  return match ? join(__dirname, '../../lib', match[1] ?? '', 'index.ts') : resolve.call(this, request, ...rest)
}
