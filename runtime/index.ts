/** The public API of the runtime. Importing it has no effect; the first `Container.boot()` loads the rest. */
export { Container } from './host/container.ts';
export type { ContainerEvents, OutputEvent, PreviewMessage } from './host/container-events.ts';
export type {
  BootOptions,
  ExecOptions,
  ExecResult,
  ExportOptions,
  PreviewHostName,
  PreviewScript,
  PreviewScriptOptions,
  SpawnOptions,
} from './host/container-options.ts';
export type { ExitStatus, PipedProcess, TerminalProcess } from './host/container-process.ts';
export type { DirEnt, FileSystemApi, FileWatcher, WatchCallback, WatchOptions } from './host/file-system-api.ts';
export type { DirectoryNode, FileNode, FileSystemTree, SymlinkNode } from './host/file-tree.ts';
export { checkPath } from './host/file-tree.ts';
export { readArchive } from './host/read-archive.ts';
export { Template } from './host/template.ts';
export { setAssetBase } from './host/assets.ts';
export type { PortFetchInit, PortResponse } from './host/http.ts';
export type { ContainerStats, Limits } from './wires/host-wire.ts';
export type { EngineName, ProcessRow } from './wires/process-wire.ts';
export { BvError, PosixError, type BvErrorCode } from './base/errors.ts';
export { bvErrorCodes } from './base/errors.ts';
