import type { ParseArgsConfig } from 'node:util';

/** What was asked for cannot be: exit code 2. */
export class UsageError extends Error {}

/** What was done found something wrong, and has told it: exit code 1. */
export class FoundProblems extends Error {}

export interface Invocation {
  readonly values: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
  readonly say: (line: string) => void;
}

/** A command of the command line. */
export interface Command {
  readonly name: string;
  /** After the name: `<folder>...`. */
  readonly operands: string;
  /** Lines for `--help`. */
  readonly summary: readonly string[];
  /** Lines of `--help` by option, as they are to be written. */
  readonly optionHelp: readonly (readonly [string, string])[];
  readonly options: NonNullable<ParseArgsConfig['options']>;
  run(invocation: Invocation): Promise<void>;
}

/** The text of an option. */
export function textOption({ values }: Pick<Invocation, 'values'>, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}
