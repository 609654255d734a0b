import tseslint from 'typescript-eslint';

/** Rules that need types run where a forgotten promise does harm; all else is cheap. */
export default tseslint.config(
  { ignores: ['dist/', '.cache/', 'coverage/', 'node_modules/', '**/fixtures/', '**/*.d.ts'] },
  ...tseslint.configs.strict.map((config) => ({ ...config, files: ['**/*.ts', '**/*.mjs'] })),
  {
    files: ['**/*.ts', '**/*.mjs'],
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'An enum makes TypeScript emit code: use a union or a const object' },
        { selector: 'TSModuleDeclaration[kind="namespace"]', message: 'A namespace makes TypeScript emit code: use a module' },
        { selector: 'TSParameterProperty', message: 'A parameter property makes TypeScript emit code: declare the field' },
      ],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }],
      'no-empty': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none', caughtErrors: 'none', ignoreRestSiblings: true }],
      // Types that erase to `void` are how the wires' tables of operations and callbacks are written.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Node's own interfaces are called with plain functions of every shape.
      '@typescript-eslint/no-unsafe-function-type': 'off',
      // With noUncheckedIndexedAccess, `bytes[i]!` is how an index known to be within bounds is written.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unified-signatures': 'off',
      // Bindings have classes that are only names for programs to see.
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      // Constructors that are plain functions, as Node's bindings must be, and their callbacks.
      '@typescript-eslint/no-this-alias': ['error', { allowedNames: ['owner', 'scope'] }],
    },
  },
  {
    files: ['runtime/**/*.ts', 'components/**/*.ts', 'sw/**/*.ts'],
    ignores: ['runtime/tools/**', '**/*.test.ts', '**/*.node.ts', '**/testing/**'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
    },
  },
  {
    files: ['**/*.test.ts', '**/testing/**'],
    rules: { '@typescript-eslint/no-empty-function': 'off' },
  },
);
