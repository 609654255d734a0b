/** What is recorded of real npm, and how both outputs are made comparable. */

/** The same for recording and comparing: lockfiles hold its address. */
export const registryPort = 46_789;

/** Files whose texts are compared, byte for byte. */
export const recordedFiles = ['package.json', 'package-lock.json', 'node_modules/.package-lock.json'] as const;

export interface NpmCase {
  readonly name: string;
  readonly files: Readonly<{ [path: string]: string }>;
  /** The lock is made by real npm first, with `npm install --package-lock-only`. */
  readonly lock?: boolean | string;
  /** Lines of the shell, one after the other. */
  readonly lines: readonly string[];
  /** Changed after the lock was made. */
  readonly then?: Readonly<{ [path: string]: string }>;
}

export interface Record {
  readonly line: string;
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Files and links of the project; absent if they are as before. */
  readonly tree?: readonly string[];
  /** Those that changed; null for one that went. */
  readonly files: Readonly<{ [path: string]: string | null }>;
}

export interface RecordedCase {
  readonly name: string;
  /** Made by real npm before the first line. */
  readonly lock?: string;
  readonly steps: readonly Record[];
}

/** Without times and names of logs. */
export function plainOutput(text: string): string {
  return text.replace(/ in \d+m?s$/gm, ' in TIME').replace(/_logs\/\S+-(?:debug-0\.log|eresolve-report\.txt)/g, '_logs/LOG');
}
