// Says how far a build is, from what it prints.

// Of Ninja and scripts/compile.mjs `[12/115] Building`, of CMake's makefiles `[ 45%] Building`.
const counted = /^\[(\d+)\/(\d+)\] /
const percent = /^\[ *(\d+)%\] /
const plainPause = 5000

// What CMake says while it looks at the compiler.
const configured = /^-- |^Not searching for unused variables/

/** Whether a line tells nothing of a failure. */
export function isProgress(line) {
  return [counted, percent, configured].some((pattern) => pattern.test(line))
}

/**
 * A reader of output: on a terminal it rewrites one line, in a log it adds one every five seconds.
 */
export function progress(name, { stream = process.stderr, pause = plainPause } = {}) {
  let last = performance.now()
  let shown = false

  function stateAfter(line) {
    if (counted.test(line)) {
      const [, count, of] = counted.exec(line)
      return `${count} of ${of}`
    }
    if (percent.test(line)) return `${percent.exec(line)[1]} %`
    return undefined
  }

  return {
    read(line) {
      const state = stateAfter(line)
      if (state === undefined) return
      if (stream.isTTY) {
        stream.write(`\r\u001b[KCompiling ${name}: ${state}`)
        shown = true
      } else if (performance.now() - last >= pause) {
        stream.write(`Compiling ${name}: ${state}\n`)
        last = performance.now()
      }
    },
    /** Leaves nothing of the rewritten line. */
    end() {
      if (shown) stream.write('\r\u001b[K')
    }
  }
}
