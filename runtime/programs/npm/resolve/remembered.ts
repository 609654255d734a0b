/**
 * What was decided on earlier: as long as nothing that the resolver looked at has changed, it need not even be loaded. A record holds every
 * look at a file with what was seen, and for every packument what tells that answer from a later one.
 */
import { PosixError } from '../../../base/errors.ts';
import { S_IFMT } from '../../../base/file-mode.ts';
import { base64Of, digest } from '../../../packages/digest.ts';
import type { MetadataCache } from '../../../packages/metadata-cache.ts';
import { PackageError } from '../../../packages/package-error.ts';
import { decodeText, encodeText } from '../../../process/text.ts';
import { isWithin } from '../paths.ts';
import type { Decision, PackageSource, ResolveFiles, ResolveRequest } from './request.ts';

/** Raised when a record changes its form, or the resolver what it decides. */
const form = 1;
/** A project that is looked at more often has a tree already, or many folders of its own: npm's own code is to decide. */
const maxLooks = 500;

export interface MarkedSource extends PackageSource {
  /** What tells the present answer to `packument` from another. Undefined for what must not be kept. */
  packumentMark(name: string, options: { readonly full: true; readonly signal?: AbortSignal }): Promise<string | undefined>;
}

type MarkedRequest = Omit<ResolveRequest, 'source'> & { readonly source: MarkedSource };

type Call = keyof ResolveFiles;
type Look = readonly [call: Call, path: string, seen: string];

interface Row {
  readonly looks: readonly Look[];
  readonly marks: readonly (readonly [name: string, mark: string])[];
  readonly decision: Decision;
}

/** What a call gives or fails with, and what is kept of it. */
function look(files: ResolveFiles, call: Call, path: string): { readonly value: unknown; readonly seen: string } {
  try {
    const value = files[call](path);
    return { value, seen: seenOf(call, value) };
  } catch (error) {
    if (error instanceof PosixError) return { value: error, seen: error.code };
    throw error;
  }
}

/** As far as a decision depends on it: times and owners change none. */
function seenOf(call: Call, value: ReturnType<ResolveFiles[Call]>): string {
  if (value instanceof Uint8Array) return `=${decodeText(value)}`;
  if (typeof value === 'string') return `=${value}`;
  if ('mode' in value) return `=${value.mode & S_IFMT}`;
  return `=${value
    .map(({ name, type }) => `${type} ${name}`)
    .sort()
    .join('\n')}`;
}

async function keyOf(request: ResolveRequest): Promise<string> {
  const { root, config, task, add, remove, update, saveType, workspaces, includeWorkspaceRoot, workspacesEnabled, clean } = request;
  const cwd = add === undefined ? undefined : request.cwd;
  const asked = {
    form,
    root,
    cwd,
    config,
    task,
    add,
    remove,
    update,
    saveType,
    workspaces,
    includeWorkspaceRoot,
    workspacesEnabled,
    clean,
  };
  return `resolution:${base64Of(await digest('SHA-256', encodeText(JSON.stringify(asked)) as Uint8Array<ArrayBuffer>))}`;
}

/** Notes what a resolver looks at. */
export class Recording {
  readonly request: ResolveRequest;
  readonly #source: MarkedSource;
  readonly #looks = new Map<string, Look>();
  readonly #names = new Set<string>();
  /** Of these, those that no registry has. */
  readonly #missing = new Set<string>();
  /** It depends on what no record can hold. */
  #spoilt: boolean;

  constructor(request: MarkedRequest) {
    const { files, source, permit, root } = request;
    this.#source = source;
    this.#spoilt = request.config.before !== undefined;
    const installed = `${root === '/' ? '' : root}/node_modules`;
    const note = (call: Call, path: string, seen: string) => {
      // A tree that is there has more to it than can be seen in a few looks.
      if (this.#looks.size >= maxLooks || (isWithin(installed, path) && seen.startsWith('='))) this.#spoilt = true;
      else this.#looks.set(`${call} ${path}`, [call, path, seen]);
    };
    const noted =
      <C extends Call>(call: C) =>
      (path: string): ReturnType<ResolveFiles[C]> => {
        const { value, seen } = look(files, call, path);
        note(call, path, seen);
        if (value instanceof PosixError) throw value;
        return value as ReturnType<ResolveFiles[C]>;
      };
    this.request = {
      ...request,
      files: {
        readFile: noted('readFile'),
        stat: noted('stat'),
        lstat: noted('lstat'),
        readdir: noted('readdir'),
        readlink: noted('readlink'),
      },
      source: {
        ...(source.replaceHost === undefined ? {} : { replaceHost: source.replaceHost.bind(source) }),
        ...(source.tarballUrl === undefined ? {} : { tarballUrl: source.tarballUrl.bind(source) }),
        packument: (name, options) => {
          this.#names.add(name);
          return source.packument(name, options).catch((error: unknown) => {
            if (isMissing(error)) this.#missing.add(name);
            throw error;
          });
        },
        tarball: (address, options) => {
          this.#spoilt = true;
          return source.tarball(address, options);
        },
      },
      ...(permit === undefined
        ? {}
        : {
            permit: (address: string) => {
              this.#spoilt = true;
              return permit(address);
            },
          }),
    };
  }

  /** Keeps what was decided on. Whatever fails costs time at the next install only. */
  async keep(decision: Decision, cache: MetadataCache): Promise<void> {
    if (this.#spoilt) return;
    try {
      const { signal } = this.request;
      const marks = await Promise.all(
        [...this.#names].map(async (name) => [name, this.#missing.has(name) ? none : await markOf(this.#source, name, signal)] as const),
      );
      if (!marks.every((one): one is readonly [string, string] => one[1] !== undefined)) return;
      const row: Row = { looks: [...this.#looks.values()], marks, decision };
      const text = JSON.stringify(row);
      await cache.put(await keyOf(this.request), { text, etag: undefined, storedMs: Date.now(), freshUntilMs: 0 });
    } catch {
      // A run that is interrupted keeps nothing.
    }
  }
}

/** What was decided on for the same request, if everything is as it was then. */
export async function recall(request: MarkedRequest, cache: MetadataCache): Promise<Decision | undefined> {
  const { files, source, signal, onProgress } = request;
  if (request.config.before !== undefined) return undefined;
  const entry = await cache.get(await keyOf(request));
  if (entry === undefined) return undefined;
  const { looks, marks, decision } = JSON.parse(entry.text) as Row;
  if (!looks.every(([call, path, seen]) => look(files, call, path).seen === seen)) return undefined;
  let known = 0;
  try {
    const same = await Promise.all(
      marks.map(async ([name, mark]) => {
        const now = await markOf(source, name, signal);
        onProgress?.((known += 1), name);
        return now === mark;
      }),
    );
    return same.every(Boolean) ? decision : undefined;
  } catch {
    return undefined; // The resolver asks again, and tells of what fails.
  }
}

/** The mark of a name that is on no registry: those of optional peers are asked for, too, and guesses. */
const none = 'none';
const isMissing = (error: unknown): boolean => error instanceof PackageError && error.code === 'E404';

async function markOf(source: MarkedSource, name: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  try {
    return await source.packumentMark(name, { full: true, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    if (isMissing(error)) return none;
    throw error;
  }
}
