// Optional peers: what is said where one is not installed.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { type PlatformPath, join } from 'node:path'
import { loadPeer, requirePeer } from '../lib/peer'

const missing = 'reading Parquet needs the package no-such-peer, which is not installed: npm install no-such-peer'

test('a peer that is not installed is named with the command that installs it', async () => {
  await expect(loadPeer('no-such-peer', 'reading Parquet')).rejects.toThrow(missing)
  expect(() => requirePeer('no-such-peer', 'reading Parquet')).toThrow(missing)
})

test('a peer that lacks a package of its own fails with its own error', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dyngrad-peer-'))
  try {
    mkdirSync(join(folder, 'broken'))
    writeFileSync(join(folder, 'broken', 'index.js'), "require('no-such-package')")
    await expect(loadPeer(join(folder, 'broken', 'index.js'), 'reading')).rejects.toThrow(
      /Cannot find .*no-such-package/
    )
    expect(() => requirePeer(join(folder, 'broken'), 'reading')).toThrow(/Cannot find .*no-such-package/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a peer that is installed is handed over', async () => {
  const path = await loadPeer<PlatformPath>('node:path', 'joining')
  expect([path.join('a', 'b'), requirePeer<PlatformPath>('node:path', 'joining').join('a', 'b')]).toEqual([
    join('a', 'b'),
    join('a', 'b')
  ])
})
