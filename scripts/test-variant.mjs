// `npm run test:isa`: the suite under each instruction set. `npm run test:sanitize`: under address and undefined-behaviour sanitizers.
// Further arguments go to jest.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const [variant, ...rest] = process.argv.slice(2)

function run(args, env = {}) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

// What the tarball holds does not depend on the variant.
const jest = (env, ...args) =>
  run(['node_modules/jest/bin/jest.js', '--testPathIgnorePatterns', 'package.test', ...args, ...rest], env)

const library = (name) => spawnSync('c++', [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout.trim()

const variants = {
  isa() {
    const { variables } = JSON.parse(readFileSync(join(root, 'native', 'build.json'), 'utf8'))
    for (const isa of variables[`${process.arch}_isas`]) {
      console.log(`DYNGRAD_ISA=${isa}`)
      jest({ DYNGRAD_ISA: isa })
    }
  },

  sanitize() {
    run(['scripts/build-native.mjs', 'sanitize'])
    jest(
      {
        DYNGRAD_PREBUILD: join(root, 'build-cmake', 'sanitize'),
        LD_PRELOAD: `${library('libasan.so')} ${library('libstdc++.so')}`,
        // V8 never frees on exit, and who asks for too much memory gets none, as from malloc.
        ASAN_OPTIONS: 'detect_leaks=0:allocator_may_return_null=1'
      },
      '--runInBand',
      '--testTimeout=120000'
    )
  }
}

run(['scripts/setup.mjs'])
variants[variant]()
