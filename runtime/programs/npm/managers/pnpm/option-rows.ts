/**
 * Written by `node runtime/tools/record-pnpm-options.ts`: commands, none for all of them, and the options that these know. One that ends
 * with `=` has a value.
 */
export const optionRows: readonly (readonly [commands: string, options: string])[] = [
  [
    '',
    'color dir= filter= filter-prod= loglevel= parseable prefix= reporter= stream aggregate-output test-pattern= changed-files-ignore-pattern= use-stderr ignore-workspace workspace-packages= workspace-root include-workspace-root fail-if-no-match',
  ],
  [
    'install add remove update',
    'cache-dir= global-pnpmfile= lockfile-dir= lockfile-directory= lockfile package-import-method= pnpmfile= shared-workspace-lockfile store-dir= force',
  ],
  [
    'install add',
    'child-concurrency= hoist hoist-pattern= link-workspace-packages modules-dir= public-hoist-pattern= trust-policy= trust-policy-exclude= trust-policy-ignore-after= use-store-server verify-store-integrity',
  ],
  ['install add dlx', 'cpu= os= libc='],
  [
    'install add update',
    'dangerously-allow-all-builds engine-strict fetch-retries= fetch-retry-factor= fetch-retry-maxtimeout= fetch-retry-mintimeout= fetch-timeout= https-proxy= ignore-pnpmfile ignore-scripts network-concurrency= noproxy= prefer-offline proxy= registry= save-workspace-protocol shamefully-flatten shamefully-hoist side-effects-cache-readonly side-effects-cache offline use-running-store-server',
  ],
  ['install update list why', 'dev'],
  [
    'install',
    'frozen-lockfile optimistic-repeat-install merge-git-branch-lockfiles merge-git-branch-lockfiles-branch-pattern= prefer-frozen-lockfile fix-lockfile update-checksums resolution-only',
  ],
  ['install add remove update list why', 'global-dir='],
  ['install add remove update list why root bin', 'global'],
  ['install add remove update list', 'lockfile-only'],
  ['install add remove', 'node-linker= strict-peer-dependencies virtual-store-dir='],
  ['install add update list why', 'production only= optional'],
  ['install update run', 'scripts-prepend-node-path='],
  ['install add update run', 'unsafe-perm'],
  ['install add remove update list why run', 'recursive'],
  ['add', 'global-bin-dir= ignore-workspace-root-check save-catalog-name= save-peer config'],
  ['add update', 'npm-path= save-exact save-prefix= save workspace'],
  ['add remove', 'save-dev save-optional save-prod'],
  ['add dlx', 'allow-build='],
  ['update list why', 'depth='],
  ['update', 'lockfile-include-tarball-url interactive latest'],
  ['list why', 'json long exclude-peers find-by='],
  ['list', 'only-projects'],
  ['run', 'bail sort workspace-concurrency= if-present reverse resume-from= report-summary reporter-hide-prefix'],
  ['run dlx', 'use-node-version='],
  ['dlx', 'shell-mode package='],
  ['init', 'init-package-manager init-type= bare'],
];
