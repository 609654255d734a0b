/** The options of `set`. */
export interface ShellOptions {
  errexit: boolean;
  nounset: boolean;
  xtrace: boolean;
  noglob: boolean;
  pipefail: boolean;
  noexec: boolean;
  allexport: boolean;
  noclobber: boolean;
  verbose: boolean;
  monitor: boolean;
  hashall: boolean;
  braceexpand: boolean;
  notify: boolean;
  posix: boolean;
}

/** The letter that `set` and the command line know an option by. */
export const optionLetters: Readonly<Record<string, keyof ShellOptions>> = {
  e: 'errexit',
  u: 'nounset',
  x: 'xtrace',
  f: 'noglob',
  n: 'noexec',
  a: 'allexport',
  C: 'noclobber',
  v: 'verbose',
  m: 'monitor',
  h: 'hashall',
  B: 'braceexpand',
  b: 'notify',
};

/** As a new shell has them. */
export const defaultOptions: Readonly<ShellOptions> = {
  errexit: false,
  nounset: false,
  xtrace: false,
  noglob: false,
  pipefail: false,
  noexec: false,
  allexport: false,
  noclobber: false,
  verbose: false,
  monitor: false,
  hashall: true,
  braceexpand: true,
  notify: false,
  posix: false,
};

/** The options of `shopt`, as a new shell has them. */
export const defaultShopts: readonly (readonly [string, boolean])[] = [
  ['extglob', false],
  ['nullglob', false],
  ['dotglob', false],
  ['globstar', false],
  ['failglob', false],
  ['nocaseglob', false],
  ['nocasematch', false],
  ['expand_aliases', false],
  ['lastpipe', false],
  ['sourcepath', true],
  ['cmdhist', true],
  ['checkwinsize', true],
  ['inherit_errexit', false],
  ['huponexit', false],
  ['xpg_echo', false],
  ['interactive_comments', true],
  ['progcomp', true],
  ['histappend', false],
  ['autocd', false],
  ['cdspell', false],
];
