/** @type {import('jest').Config} */
module.exports = {
  globalSetup: '<rootDir>/test/environment/addon.cjs',
  testEnvironment: '<rootDir>/test/environment/typed-arrays.cjs',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  roots: ['<rootDir>/lib', '<rootDir>/test'],
  moduleNameMapper: { '^dyngrad$': '<rootDir>/lib/index.ts', '^dyngrad/(.*)$': '<rootDir>/lib/$1/index.ts' },
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' }, transform: { useDefineForClassFields: false } },
        module: { type: 'commonjs' }
      }
    ]
  }
}
