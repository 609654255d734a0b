/** What callers hand a container, checked before it is used. */
import { BvError } from '../base/errors.ts';
import type { EngineName } from '../wires/process-wire.ts';
import { gunzip, isGzipped } from './gzip.ts';
import { Template } from './template.ts';

/**
 * The name that files are kept under, null for none.
 *
 * @throws {TypeError} for what is no string. @throws {RangeError} for the empty one.
 */
export function keptName(name: string | null | undefined): string | null {
  if (name === undefined || name === null) return null;
  if (typeof name !== 'string') throw new TypeError(`Cannot keep files under ${String(name)}: expected a string`);
  if (name === '') throw new RangeError('Cannot keep files under "": the name is empty');
  return name;
}

/** @throws {BvError} `ERR_BV_BAD_ARCHIVE` */
export async function unpacked(snapshot: Blob): Promise<Blob> {
  if (typeof (snapshot as Partial<Blob> | undefined)?.arrayBuffer !== 'function')
    throw new BvError('ERR_BV_BAD_ARCHIVE', 'Cannot restore the snapshot: expected a Blob');
  if (!isGzipped(new Uint8Array(await snapshot.slice(0, 2).arrayBuffer()))) return snapshot;
  try {
    return new Blob([await gunzip(new Uint8Array(await snapshot.arrayBuffer()))]);
  } catch (cause) {
    throw new BvError('ERR_BV_BAD_ARCHIVE', 'Cannot restore the snapshot: its gzip data is damaged', { cause });
  }
}

export async function templateOf(template: Blob | Template, signal: AbortSignal | undefined): Promise<Template> {
  return template instanceof Template ? template : Template.read(template, { signal });
}

/** @throws {BvError} `ERR_BV_INVALID_ARGUMENT` for what names no host. */
export function hostRules(allow: readonly string[]): string[] {
  return allow.map((rule) => {
    if (!/^(\*|(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*)$/i.test(rule)) {
      throw new BvError('ERR_BV_INVALID_ARGUMENT', `"${rule}" names no host: expected "example.com", "*.example.com" or "*"`);
    }
    return rule;
  });
}

/** @throws {BvError} `ERR_BV_INVALID_ARGUMENT` for what is no engine. */
export function engineOf(name: EngineName | undefined): EngineName | undefined {
  if (name !== undefined) known('engine', name, ['native', 'quickjs']);
  return name;
}

/** @throws {BvError} `ERR_BV_INVALID_ARGUMENT` for what is not among `names`. */
export function known(what: string, name: string, names: readonly string[]): void {
  if (names.includes(name)) return;
  const quoted = names.map((one) => JSON.stringify(one));
  const list = `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)!}`;
  throw new BvError('ERR_BV_INVALID_ARGUMENT', `There is no ${what} ${JSON.stringify(name)}: known are ${list}`);
}

/** Absolute addresses, as the page that asks would resolve them. */
export function addressesOf(registry: string | readonly string[] = []): string[] {
  return (typeof registry === 'string' ? [registry] : registry).map((address) => {
    if (!URL.canParse(address, document.baseURI)) throw new BvError('ERR_BV_INVALID_ARGUMENT', `The registry "${address}" is no address`);
    return new URL(address, document.baseURI).href;
  });
}
