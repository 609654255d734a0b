/** bun's errors. */
import type { ManagerRun } from '../manager-run.ts';
import { messageOf } from '../manager-run.ts';
import { NoMatch } from '../pick.ts';
import { ManifestSyntaxError } from '../project.ts';

export class BunError extends Error {}

export function describe(run: ManagerRun, error: unknown): readonly string[] {
  if (error instanceof NoMatch) {
    const { kind, packageName, range, failure } = error;
    if (failure !== undefined && (failure as { code?: string }).code !== 'E404') return [`error: ${messageOf(failure)}`];
    if (kind === 'package')
      return [
        `error: GET ${run.registry}${packageName.replace('/', '%2f')} - 404`,
        `error: ${packageName}@${range || 'latest'} failed to resolve`,
      ];
    return [
      `error: No version matching "${range}" found for specifier "${packageName}" (but package exists)`,
      `error: ${packageName}@${range || 'latest'} failed to resolve`,
    ];
  }
  if (error instanceof ManifestSyntaxError) {
    return [`error: ${error.message}`, `    at ${error.path}`, `ParserError: failed to parse '${error.path}'`];
  }
  return [`error: ${messageOf(error)}`];
}
