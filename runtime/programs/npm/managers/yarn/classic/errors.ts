/** Yarn 1's errors. */
import { messageOf } from '../../manager-run.ts';
import { NoMatch } from '../../pick.ts';
import { ManifestSyntaxError } from '../../project.ts';
import { LockNeedsUpdate } from './resolve.ts';

export class ClassicError extends Error {}

export function describe(error: unknown): string {
  if (error instanceof LockNeedsUpdate) return 'Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.';
  if (error instanceof NoMatch) {
    const { kind, packageName, range, failure } = error;
    if (failure !== undefined && (failure as { code?: string }).code !== 'E404') return messageOf(failure);
    return kind === 'package'
      ? `Couldn't find package "${packageName}" on the "npm" registry.`
      : `Couldn't find any versions for "${packageName}" that matches "${range}"`;
  }
  if (error instanceof ManifestSyntaxError) return `SyntaxError: ${error.path}: ${error.message}`;
  return messageOf(error);
}
