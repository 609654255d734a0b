import { JsonFailure, parseJson, type JsonFormat } from './json.ts';
import { PosixError } from '../../../base/errors.ts';
import type { Disk } from '../disk.ts';
import { Failure } from '../failure.ts';
import { resolvePath } from '../paths.ts';
import { normalizeManifest, type Manifest } from './manifest.ts';

export interface ManifestFile {
  readonly path: string;
  /** As it is written. */
  readonly content: Record<string, unknown>;
  readonly format: JsonFormat;
}

/**
 * @param problem What npm says in front of where the text is no JSON; some commands say nothing.
 * @throws {Failure} `EJSONPARSE` with npm's text; `ENOENT` where there is none; what npm says where it is JSON, and no object.
 */
export function readManifestFile(disk: Disk, folder: string, problem = 'Invalid package.json'): ManifestFile {
  const path = resolvePath(folder, 'package.json');
  let text: string;
  try {
    text = new TextDecoder().decode(disk.calls.readFile(path)).replace(/^\ufeff/, '');
  } catch (error) {
    if (!(error instanceof PosixError)) throw error;
    const reason = new PosixError(error.code, { syscall: 'open', path });
    throw new Failure(`Could not read package.json: Error: ${reason.message}`, {
      code: error.code,
      syscall: 'open',
      path,
      errno: reason.errno,
      cause: error,
    });
  }
  try {
    const { value, format } = parseJson(text);
    if (!value) throw new Failure('Can not normalize without content');
    if (typeof value !== 'object') throw new Failure(`Cannot use 'in' operator to search for 'bundleDependencies' in ${String(value)}`);
    return { path, content: Array.isArray(value) ? {} : (value as Record<string, unknown>), format };
  } catch (error) {
    if (!(error instanceof JsonFailure)) throw error;
    throw new Failure(problem, { code: 'EJSONPARSE', path, json: error.text, cause: error });
  }
}

/** @throws {Failure} as `readManifestFile`. */
export function readManifest(disk: Disk, folder: string): Manifest {
  return normalizeManifest(readManifestFile(disk, folder).content);
}

/** Undefined where there is none, or it cannot be read. */
export function tryReadManifest(disk: Disk, folder: string): Manifest | undefined {
  try {
    return readManifest(disk, folder);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
