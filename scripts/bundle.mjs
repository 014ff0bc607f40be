// Writes dist/**/index.{js,mjs}, or the same below another folder that is named: one file for each entry of
// package.json's exports, since Node spends half a millisecond on each module that it resolves, reads and compiles (95
// modules load in 52 ms, one file in 24). Names stay, for stack traces. All files share one scope: the bundler wraps a
// file that exports nothing, and whatever it imports, in functions that are parsed twice.
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = process.argv[2] ?? join(root, 'dist')

const { exports, dependencies, peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const entries = Object.keys(exports)
  .filter((key) => !key.endsWith('.json'))
  .map((subpath) => join('lib', subpath, 'index'))

const common = { absWorkingDir: root, outdir: dist, outbase: 'lib', platform: 'node', target: 'node20' }

/** What stands on the package as a whole shares its one instance. */
const sharedIndex = {
  name: 'shared index',
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}(\/\.\.)*\/index$/ }, ({ path, resolveDir, kind }) =>
      kind !== 'entry-point' && join(resolveDir, path) === join(root, 'lib', 'index')
        ? { path: '../index', external: true }
        : undefined
    )
  }
}

for (const file of existsSync(dist) ? readdirSync(dist, { recursive: true }) : [])
  if (/\.m?js$/.test(file)) rmSync(join(dist, file))
const { metafile } = await build({
  ...common,
  entryPoints: entries.map((entry) => `${entry}.ts`),
  bundle: true,
  format: 'cjs',
  // Comes before all else.
  inject: ['lib/bundled.ts'],
  external: [...Object.keys(dependencies), ...Object.keys(peerDependencies)],
  plugins: [sharedIndex],
  metafile: true
})
const wrapped = Object.entries(metafile.inputs).filter(([, { format }]) => format !== 'esm')
if (wrapped.length > 0) throw new Error(`these files need an export: ${wrapped.map(([file]) => file).join(', ')}`)
await build({
  ...common,
  entryPoints: entries.map((entry) => `${entry}.mts`),
  format: 'esm',
  outExtension: { '.js': '.mjs' }
})
