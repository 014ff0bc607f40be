// A program of test/fuzz/public.test.ts: a fuzz run of the public surface. Arguments: seed, calls, a file that always
// names the call under way, and the name of something planted, if any. Prints its report as one line of JSON.
import { openSync, writeSync } from 'node:fs'
import { Fuzzer } from '../helpers/public-fuzz/fuzzer'
import { watchData } from '../helpers/public-fuzz/internals'
import { plants } from '../helpers/public-fuzz/plants'
import { UNUSED } from '../helpers/public-fuzz/sentinels'

const [seed, calls, file, plant] = process.argv.slice(2)

/**
 * Where a machine has no more memory. A call that wants more is refused as it would be there, before it fills
 * gigabytes.
 */
const MOST_BYTES = 64 * 1024 * 1024

const allocate = Buffer.allocUnsafeSlow
Buffer.allocUnsafeSlow = (bytes) => {
  if (bytes > MOST_BYTES) throw new RangeError('Array buffer allocation failed')
  return allocate(bytes).fill(UNUSED)
}

watchData()
const log = openSync(file, 'w')
const fuzzer = new Fuzzer(
  Number(seed),
  (call) => void writeSync(log, `${call.replaceAll('\n', ' ')}\n`, 0),
  plants[plant]
)
process.on('unhandledRejection', (error) => {
  fuzzer.judgeLate(error)
})
fuzzer.run(Number(calls)).then(
  (report) => {
    console.log(JSON.stringify(report))
  },
  (error: unknown) => {
    console.error(error)
    process.exitCode = 1
  }
)
