// Runs all tests, part by part, and counts. The last line of output is `<n> passed, <n> failed`.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const reports = mkdtempSync(join(tmpdir(), 'dyngrad-ci-'))

/** A part that jest runs, perhaps several times: each leaves a report. */
const jest = (command, name) => ({
  command: `${command} -- --json --outputFile=${join(reports, name)}.json`,
  count() {
    const files = readdirSync(reports).filter((file) => file.startsWith(name.replace(/\{.*/, '')))
    const runs = files.map((file) => JSON.parse(readFileSync(join(reports, file), 'utf8')))
    return {
      passed: runs.reduce((sum, run) => sum + run.numPassedTests, 0),
      failed: runs.reduce((sum, run) => sum + run.numFailedTests + run.numRuntimeErrorTestSuites, 0)
    }
  }
})

/** A part that prints a line for each test: how many lines match. */
const lines = (command, passed, failed) => ({
  command,
  count: (output) => ({ passed: output.match(passed)?.length ?? 0, failed: output.match(failed)?.length ?? 0 })
})

const parts = [
  jest('npm test', 'unit'),
  lines('npm run check', /^ok /gm, /^FAIL /gm),
  lines('npm run test:native', / Passed /g, /\*\*\*/g),
  jest('npm run test:isa', 'isa-{isa}'),
  jest('npm run test:package', 'package')
]

/** Runs a command, hands on what it prints, and keeps it. */
function run(command) {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
      process.stdout.write(chunk)
    })
    child.on('close', (status) => resolve({ output, status }))
  })
}

const total = { passed: 0, failed: 0 }
const summary = []
for (const { command, count } of parts) {
  const start = performance.now()
  const { output, status } = await run(command)
  const { passed, failed } = count(output)
  total.passed += passed
  // What ends badly without a test that failed has failed itself.
  total.failed += failed || Number(status !== 0)
  const minutes = ((performance.now() - start) / 60_000).toFixed(1)
  summary.push(`${command.split(' -- ')[0]}: ${passed} passed, ${failed} failed, status ${status}, ${minutes} minutes`)
}
rmSync(reports, { recursive: true })
console.log(summary.join('\n'))
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed > 0 ? 1 : 0
