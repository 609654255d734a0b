/** Yarn 4's errors. */
import { messageOf } from '../../manager-run.ts';
import { NoMatch } from '../../pick.ts';
import { ManifestSyntaxError } from '../../project.ts';

/** Wrong use; Yarn says so in other words than for what fails. */
export class UsageError extends Error {}

/** A message of a report, with its number. */
export class ReportError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export function describe(error: unknown): readonly [code: number, message: string] {
  if (error instanceof ReportError) return [error.code, error.message];
  if (error instanceof NoMatch) {
    const { kind, packageName, range, failure } = error;
    if (failure !== undefined && (failure as { code?: string }).code !== 'E404') return [1, messageOf(failure)];
    if (kind === 'package') return [35, `${packageName}@npm:${range}: Package not found`];
    return [82, `${packageName}@npm:${range}: No candidates found`];
  }
  if (error instanceof ManifestSyntaxError) return [1, `${error.message} (when parsing ${error.path})`];
  return [1, messageOf(error)];
}
