// Rules that need type information are left out: tsc is strict, and linting stays under a few seconds.
import tseslint from 'typescript-eslint'

const ignores = [
  'node_modules/',
  'dist/',
  'build/',
  'build-cmake/',
  'prebuilds/',
  'lib/onnx/generated/',
  'test/fixtures/'
]

export default tseslint.config(
  { ignores },
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    rules: {
      eqeqeq: 'error',
      'no-console': 'off',
      'prefer-const': 'error',
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Export by name.' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // A hook returns a tensor or nothing.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Hot loops index what they have just measured.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/prefer-for-of': 'off',
      // `arguments.length` costs nothing; a rest parameter is a list for each call.
      'prefer-rest-params': 'off'
    }
  },
  {
    files: ['lib/**'],
    rules: { 'no-console': 'error' }
  },
  {
    files: ['test/**'],
    rules: { '@typescript-eslint/no-require-imports': 'off' }
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    extends: [tseslint.configs.base],
    rules: { eqeqeq: 'error', 'prefer-const': 'error', 'no-unused-vars': 'error', 'no-undef': 'off' }
  }
)
