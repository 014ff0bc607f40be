// Damaged files are read, or refused in one sentence that names them. `npm run fuzz:readers` gives more of them, and
// measures time and memory.

import { ReaderFuzz } from '../helpers/reader-fuzz/run'
import { readers } from '../helpers/reader-fuzz/readers'
import { temporaryFolder } from '../helpers/folder'

const seed = Number(process.env.DYNGRAD_FUZZ_SEED ?? Math.floor(Math.random() * 1e6))
const rounds = Number(process.env.DYNGRAD_FUZZ_ROUNDS ?? 250)
const at = temporaryFolder()

test.each(Object.keys(readers))(`%s, seed ${seed}`, async (name) => {
  const fuzz = new ReaderFuzz(at(), false)
  for (let round = 0; round < rounds; round++) expect(await fuzz.run(name, seed, round)).toBe(null)
  // What is refused at once tests nothing.
  expect(fuzz.counts[name].read).toBeGreaterThan(0)
})
