// Samples of which one fails. Arguments: how, and which. Compiled to CommonJS, as far as an importer can see.
Object.defineProperty(exports, '__esModule', { value: true })

const failures = {
  throw: (index) => {
    throw new RangeError(`row ${index} is broken`)
  },
  reject: (index) => Promise.reject(new TypeError(`row ${index} is missing`)),
  string: (index) => Promise.reject(`row ${index}`),
  clone: (index) => () => index,
  exit: () => process.exit(3),
  hang: () => {
    for (;;);
  },
  never: () => new Promise(() => undefined)
}

exports.default = (how, at) => {
  if (how === 'start') throw new Error('there are no rows')
  return how === 'none' ? 5 : { length: 20, getItem: (index) => (index === at ? failures[how](index) : { index }) }
}

exports.collateFn = (samples) => samples
