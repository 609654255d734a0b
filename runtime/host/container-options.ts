/** What callers may choose of a container, a process and an archive. */
import type { SignalName } from '../base/signals.ts';
import type { Limits } from '../wires/host-wire.ts';
import type { EngineName } from '../wires/process-wire.ts';
import type { FileSystemTree } from './file-tree.ts';
import type { Template } from './template.ts';

export type PreviewHostName = 'inline' | 'service-worker' | 'origin';

export interface BootOptions {
  /** Accepted for compatibility; no isolation header is ever needed. */
  coep?: 'require-corp' | 'credentialless' | 'none';
  /** Name of the working directory under `/home`. Default `project`. */
  workdirName?: string;
  /** Forward errors of previews as `preview-message` events. Default false. */
  forwardPreviewErrors?: boolean | 'exceptions-only';
  /**
   * The author's files: a tree, or paths to contents. Where files were kept earlier, those that the reader neither changed nor
   * deleted follow the author: they get the new contents, and go where the author no longer has them. The others stay the reader's.
   */
  files?: FileSystemTree | Readonly<Record<string, string | Uint8Array>>;
  /**
   * A tar, gzipped or not, of files that `files` come over. It is mounted as one layer in the working directory: they cost
   * nothing until they are touched. The author's, as `files` are.
   */
  template?: Blob | Template;
  /** Keep what is changed under this name, in this browser. Without it nothing is kept; it must not be empty. */
  persist?: string;
  /** Where `node` runs by default. `quickjs` is the strict one. Default `native`, or `quickjs` where the page's policy forbids it. */
  engine?: EngineName;
  /** How previews are shown, by what shows them: a container itself shows none. Default `inline`. */
  preview?: PreviewHostName;
  /** Rows of the table of limits to change. */
  limits?: Limits;
  /** What `snapshot()` gave: the files to start with. */
  snapshot?: Blob;
  /**
   * Where packages come from: base addresses of registries or of folders made by `bavini bake`, absolute or relative to the page, in
   * order of preference. Default: the registry of the build.
   */
  registry?: string | readonly string[];
  /**
   * Hosts that programs may reach: `example.com`, `*.example.com` (what is below it), `*` (every one). Requests over http and https are
   * made by the page's browser, without cookies, and need those hosts' leave (CORS). Default: none.
   */
  network?: { readonly allow: readonly string[] };
  /** Variables of every process, over the defaults. */
  env?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

export interface SpawnOptions {
  /** Relative to the working directory. */
  cwd?: string;
  env?: Record<string, string | number | boolean>;
  /** False drops the terminal's output. */
  output?: boolean;
  terminal?: { cols: number; rows: number };
  /** False gives three byte streams in place of a terminal. */
  tty?: boolean;
  /** Of it and of all that it starts. Default: the container's. */
  engine?: EngineName;
  signal?: AbortSignal;
}

export interface ExecOptions {
  cwd?: string;
  env?: Record<string, string | number | boolean>;
  /** All of standard input. Default: empty. */
  input?: string | Uint8Array;
  /** Of all that the line runs. Default: the container's. */
  engine?: EngineName;
  signal?: AbortSignal;
  /** After it the process group is killed and the call rejects with a `TimeoutError`. Default: none. */
  timeoutMs?: number;
  /** Of each stream; what is beyond is dropped and `truncated` set. Default 16 MiB. */
  maxBytes?: number;
}

export interface ExecResult {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly signal: SignalName | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

export interface ExportOptions {
  format?: 'json' | 'binary' | 'zip';
  includes?: string[];
  excludes?: string[];
  signal?: AbortSignal;
}

/** Attributes of the script's tag. */
export interface PreviewScriptOptions {
  /** Default: a classic script. */
  type?: 'module' | 'importmap';
  async?: boolean;
  defer?: boolean;
}
export interface PreviewScript {
  readonly source: string;
  readonly options: PreviewScriptOptions;
}
