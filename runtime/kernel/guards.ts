/**
 * Checks of what came over a port. A value of the wrong type is a bad message: no honest worker sends one, and its sender is
 * ended. A value of the right type that makes no sense is the program's error and gets an errno from whoever uses it.
 */
import { BvError, PosixError } from '../base/errors.ts';
import { signalNumbers, type SignalName } from '../base/signals.ts';
import type { LayerSource } from '../wires/change.ts';
import {
  isAbstract,
  type FdTransfer,
  type SocketAddress,
  type StreamKind,
  type TtyAttributes,
  type TtySize,
} from '../wires/process-wire.ts';
import { fitsIn } from '../fs/names.ts';
import { limitTable } from './limits.ts';

export function badMessage(what: string): never {
  throw new BvError('ERR_BV_BAD_MESSAGE', what);
}

export function integer(value: unknown, name: string, min = -0x7fffffff, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max)
    badMessage(`a ${name} that is no integer in range`);
  return value;
}

function boolean(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') badMessage(`a ${name} that is no boolean`);
  return value;
}

/** Fails with `ENAMETOOLONG` beyond `maxBytes` of UTF-8. */
export function text(value: unknown, name: string, maxBytes: number = limitTable.pathBytes.value): string {
  if (typeof value !== 'string') badMessage(`a ${name} that is no string`);
  if (!fitsIn(value, maxBytes)) throw new PosixError('ENAMETOOLONG');
  return value;
}

/** Fails with `ENOENT` for an empty path, `EINVAL` for one with a NUL and `ENAMETOOLONG`. */
function path(value: unknown, name: string): string {
  const result = text(value, name, limitTable.pathBytes.value - 1);
  if (result === '') throw new PosixError('ENOENT');
  if (result.includes('\0')) throw new PosixError('EINVAL');
  return result;
}

export function absolutePath(value: unknown, name: string): string {
  const result = path(value, name);
  if (!result.startsWith('/')) throw new PosixError('EINVAL');
  return result;
}

export function list(value: unknown, name: string, maxLength: number): readonly unknown[] {
  if (!Array.isArray(value)) badMessage(`a ${name} that is no list`);
  if (value.length > maxLength) badMessage(`a ${name} with too many items`);
  return value;
}

export function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) badMessage(`a ${name} that is no object`);
  return value as Readonly<Record<string, unknown>>;
}

/** Bytes in memory of our own: shared memory could change after the check. */
export function bytes(value: unknown, name: string): Uint8Array {
  if (!(value instanceof Uint8Array) || !(value.buffer instanceof ArrayBuffer)) badMessage(`a ${name} that is no Uint8Array`);
  return value;
}

export function signal(value: unknown): SignalName {
  if (typeof value !== 'string' || !Object.hasOwn(signalNumbers, value)) badMessage('an unknown signal');
  return value as SignalName;
}

export function ttySize(value: unknown): TtySize {
  const { columns, rows } = record(value, 'tty size');
  return { columns: integer(columns, 'number of columns', 0, 0xffff), rows: integer(rows, 'number of rows', 0, 0xffff) };
}

export function ttyAttributes(value: unknown): Partial<TtyAttributes> {
  const given = record(value, 'set of tty attributes');
  const result: { -readonly [K in keyof TtyAttributes]?: boolean } = {};
  for (const name of ['canonical', 'echo', 'signals', 'mapCr', 'mapNl'] as const) {
    if (given[name] !== undefined) result[name] = boolean(given[name], name);
  }
  return result;
}

export function socketAddress(value: unknown): SocketAddress {
  const given = record(value, 'socket address');
  const { path } = given;
  if (typeof path === 'string' && isAbstract(path)) return { path: text(path, 'socket name') };
  if (path !== undefined) return { path: absolutePath(path, 'socket path') };
  return { host: text(given['host'], 'host', 255), port: integer(given['port'], 'port', 0, 65535) };
}

const streamKinds: readonly StreamKind[] = ['pipe-read', 'pipe-write', 'socket', 'tty', 'pty-master', 'listener', 'channel'];

export function fdTransfer(value: unknown): FdTransfer {
  const given = record(value, 'descriptor transfer');
  const fd = integer(given['fd'], 'descriptor', 0, 0x7fffffff);
  if (given['kind'] === 'file') {
    return {
      fd,
      kind: 'file',
      ino: integer(given['ino'], 'inode number', 0),
      flags: integer(given['flags'], 'set of open flags', 0, 0x7fffffff),
      shared: integer(given['shared'], 'shared offset', 0),
      path: text(given['path'], 'path'),
    };
  }
  if (given['kind'] !== 'stream') badMessage('a descriptor transfer of no known kind');
  const stream = given['stream'] as StreamKind;
  if (!streamKinds.includes(stream)) badMessage('a descriptor transfer of no known stream');
  return { fd, kind: 'stream', stream, handle: integer(given['handle'], 'handle', 0) };
}

/** `argv` and `env` of a program. Fails with `E2BIG`, and with `EINVAL` for a NUL or an empty name of a variable. */
export function argumentsAndEnvironment(
  givenArgv: unknown,
  givenEnv: unknown,
  maxBytes: number,
): { readonly argv: readonly string[]; readonly env: readonly (readonly [string, string])[] } {
  let total = 0;
  const item = (value: unknown, name: string): string => {
    if (typeof value !== 'string') badMessage(`${name} that is no string`);
    total += value.length + 9;
    if (total > maxBytes || !fitsIn(value, limitTable.argumentItemBytes.value)) throw new PosixError('E2BIG');
    if (value.includes('\0')) throw new PosixError('EINVAL');
    return value;
  };
  const argv = list(givenArgv, 'list of arguments', Infinity).map((value) => item(value, 'an argument'));
  const env = list(givenEnv, 'environment', Infinity).map((pair): readonly [string, string] => {
    if (!Array.isArray(pair) || pair.length !== 2) badMessage('a variable that is no pair');
    const name = item(pair[0], 'a variable');
    if (name === '') throw new PosixError('EINVAL');
    return [name, item(pair[1], 'a variable')];
  });
  return { argv, env };
}

/** Fails with `EINVAL` for what is no absolute `http:` or `https:` address. */
export function webAddress(value: unknown): URL {
  const given = text(value, 'web address', limitTable.argumentItemBytes.value);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw new PosixError('EINVAL');
  return url;
}

/** The base address of a registry, with a slash at its end. Of the page. */
export function registryAddress(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new BvError('ERR_BV_INVALID_ARGUMENT', `A registry must be an address that begins with "http:" or "https:"; "${value}" is none`);
  }
  url.hash = '';
  url.search = '';
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

export function layers(value: unknown): LayerSource[] {
  return list(value, 'list of layers', limitTable.layers.value).map((item) => {
    const { id, blob, part } = record(item, 'layer');
    if (!(blob instanceof Blob)) badMessage('a layer that is no Blob');
    const name = text(id, 'layer id');
    if (part === undefined) return { id: name, blob };
    const { start, size } = record(part, 'part of a Blob');
    const from = integer(start, 'start of a layer', 0, blob.size);
    return { id: name, blob, part: { start: from, size: integer(size, 'size of a layer', 0, blob.size - from) } };
  });
}
