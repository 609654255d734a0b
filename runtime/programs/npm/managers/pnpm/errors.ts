/** pnpm's errors: a code and a sentence. */
import { messageOf } from '../manager-run.ts';
import { NoMatch } from '../pick.ts';
import { ManifestSyntaxError } from '../project.ts';
import { NoWorkspacePackage } from './choose.ts';
import { PnpmLockError } from './lockfile.ts';

/** An error with pnpm's code. */
export class PnpmError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

export function describe(error: unknown): readonly [code: string, message: string, hint?: string | undefined] {
  if (error instanceof PnpmError) return [error.code, error.message, error.hint];
  if (error instanceof PnpmLockError) return [error.code, error.message];
  if (error instanceof NoWorkspacePackage) return ['WORKSPACE_PKG_NOT_FOUND', error.message];
  if (error instanceof NoMatch) {
    const { kind, packageName, range, failure } = error;
    if (failure !== undefined && (failure as { code?: string }).code !== 'E404') return ['META_FETCH_FAIL', messageOf(failure)];
    if (kind === 'package')
      return [
        'FETCH_404',
        `GET ${packageName}: Not Found - 404`,
        `${packageName} is not in the npm registry, or you have no permission to fetch it.`,
      ];
    return ['NO_MATCHING_VERSION', `No matching version found for ${packageName}@${range}`];
  }
  if (error instanceof ManifestSyntaxError) {
    return ['', `${error.message} while parsing '${error.start}' in ${error.path}\nFor help, run: pnpm help install`];
  }
  const { code } = error as { code?: string };
  const asked = /^404 Not Found - GET (\S+)/.exec(messageOf(error))?.[1];
  if (asked !== undefined) return ['FETCH_404', `GET ${asked}: Not Found - 404`];
  return [code === undefined || /^ERR_/.test(code) ? '' : code.replace(/^E(?=\d)/, 'FETCH_'), messageOf(error)];
}
