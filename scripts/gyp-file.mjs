// Writes native/binding.gyp, the gyp file of the published package. npm compiles a package, or warns that it does not,
// where one stands in the root; the checkout's stands there, and its paths are relative to that.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const { variables } = JSON.parse(readFileSync(join(root, 'native', 'build.json'), 'utf8'))

// gyp takes the sources' paths as relative to the file that lists them.
const inNative = (name) => variables[name].map((path) => `"${path.replace(/^native\//, '')}"`).join(', ')
const text = readFileSync(join(root, 'binding.gyp'), 'utf8')
  .replaceAll('"<@(addon_sources)"', inNative('addon_sources'))
  .replaceAll('"<@(kernel_sources)"', inNative('kernel_sources'))
  .replace('"includes": ["native/build.json"]', '"includes": ["build.json"]')
  .replace('"include_dirs": ["native"]', '"include_dirs": ["."]')
  .replace('../native/exports.map', '../exports.map')
writeFileSync(join(root, 'native', 'binding.gyp'), text)
