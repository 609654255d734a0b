/** `node:os` for npm's code. */
export function homedir(): string {
  return '/home';
}

export function tmpdir(): string {
  return '/tmp';
}

export function release(): string {
  return '6.1.0';
}

export function availableParallelism(): number {
  return 8;
}

export function cpus(): readonly object[] {
  return Array.from({ length: 8 }, () => ({}));
}
