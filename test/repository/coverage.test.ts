// docs/pytorch-coverage.md is what `npm run coverage:pytorch` writes.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

test('the page of names is up to date', () => {
  const root = join(__dirname, '..', '..')
  const { stderr, status } = spawnSync(process.execPath, ['scripts/pytorch-coverage.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8'
  })
  expect([stderr, status]).toEqual(['', 0])
})
