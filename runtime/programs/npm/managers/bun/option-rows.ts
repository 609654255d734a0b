/**
 * Written by `node runtime/tools/record-bun-options.ts`: commands, and the options that these know. A letter stands behind a bar; one that
 * ends with `=` has a value.
 */
export const optionRows: readonly (readonly [commands: string, options: string])[] = [
  [
    'install add remove update why',
    'config|c= yarn|y production|p no-save save ca= cafile= dry-run frozen-lockfile force|f cache-dir= no-cache silent quiet verbose no-progress no-summary no-verify offline prefer-offline ignore-scripts trust global|g cwd= env-file= no-env-file backend= registry= concurrent-scripts= network-concurrency= save-text-lockfile omit= lockfile-only linker= minimum-release-age= minimum-release-age-excludes= cpu= os= libc= use-system-ca use-openssl-ca use-bundled-ca help|h',
  ],
  ['install add update', 'dev|d exact|E'],
  ['install add', 'optional peer save-prod analyze|a only-missing catalog='],
  ['install add remove update', 'filter|F='],
  ['update', 'latest|L interactive|i recursive|r no-optional'],
  ['update why', 'depth='],
  ['why', 'top'],
];

/** Of other managers, beside npm's settings. */
export const foreignOptions = 'ignore-engines pure-lockfile shamefully-hoist prefer-frozen-lockfile';
