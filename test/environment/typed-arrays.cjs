// Jest runs tests in a realm of its own; the typed arrays that an addon or Node makes belong to the outer one.
// Sharing the classes makes `instanceof` and `toEqual` see one kind of Float32Array.
const { TestEnvironment } = require('jest-environment-node')

const names = Object.getOwnPropertyNames(globalThis).filter(
  (name) => /(Array|ArrayBuffer|DataView)$/.test(name) && name !== 'Array'
)

module.exports = class TypedArrayEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context)
    for (const name of names) this.global[name] = globalThis[name]
  }
}
