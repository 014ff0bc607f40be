// Says how far a build is, from what Ninja, make or node-gyp prints.

// Of Ninja `[12/115] Building`, of CMake's makefiles `[ 45%] Building`, of node-gyp's
// `  CXX(target) Release/obj.target/...`.
const counted = /^\[(\d+)\/(\d+)\] /
const percent = /^\[ *(\d+)%\] /
const compiled = /^ +(CXX|CC|AR|SOLINK_MODULE|TOUCH|COPY)\b/
const plainPause = 5000

// What CMake says while it looks at the compiler.
const configured = /^-- |^Not searching for unused variables/

/** Whether a line tells nothing of a failure. */
export function isProgress(line) {
  return [counted, percent, compiled, configured].some((pattern) => pattern.test(line))
}

/**
 * A reader of output: on a terminal it rewrites one line, in a log it adds one every five seconds. `units` counts
 * node-gyp's.
 */
export function progress(name, { units = 0, stream = process.stderr, pause = plainPause } = {}) {
  let done = 0
  let last = performance.now()
  let shown = false

  function stateAfter(line) {
    if (counted.test(line)) {
      const [, count, of] = counted.exec(line)
      return `${count} of ${of}`
    }
    if (percent.test(line)) return `${percent.exec(line)[1]} %`
    if (compiled.test(line)) return units > 0 ? `${++done} of ${units}` : `${++done}`
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
