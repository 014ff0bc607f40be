/** @type {import('jest').Config} */
module.exports = {
  globalSetup: '<rootDir>/test/environment/addon.cjs',
  testEnvironment: '<rootDir>/test/environment/typed-arrays.cjs',
  testSequencer: '<rootDir>/test/environment/sequencer.cjs',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // Tests of threads take 5 seconds where other work runs on the same cores; what hangs is found all the same.
  testTimeout: 30_000,
  // Packing compiles the addon once more: `npm run test:package`.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/package/'],
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  moduleNameMapper: { '^dyngrad$': '<rootDir>/lib/index.ts', '^dyngrad/(.*)$': '<rootDir>/lib/$1/index.ts' },
  // What is published as ES modules alone is made CommonJS, as Node's `require` reads it.
  transformIgnorePatterns: ['/node_modules/(?!hyparquet|hysnappy)'],
  transform: {
    '/node_modules/(hyparquet|hysnappy).*\\.js$': [
      '@swc/jest',
      { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }
    ],
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' }, transform: { useDefineForClassFields: false } },
        module: { type: 'commonjs' }
      }
    ]
  }
}
