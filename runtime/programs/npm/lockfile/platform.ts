/** Whether a package is for this machine, as npm says it: our `node` is one of Linux on x64 with glibc. */
import satisfies from 'semver/functions/satisfies.js';
import type { LockEntry } from './lock.ts';

export interface Machine {
  readonly os: string;
  readonly cpu: string;
  readonly libc: string;
  readonly nodeVersion: string;
  readonly npmVersion: string;
}

/** npm's lists: one of the names, none of those with `!`. */
function isListed(value: string, list: readonly string[] | string): boolean {
  const entries = typeof list === 'string' ? [list] : list;
  if (entries.length === 1 && entries[0] === 'any') return true;
  const refused = entries.filter((entry) => entry.startsWith('!'));
  if (refused.includes(`!${value}`)) return false;
  return entries.includes(value) || refused.length === entries.length;
}

type Needs = Pick<LockEntry, 'os' | 'cpu' | 'libc' | 'engines'>;

export function fitsPlatform({ os, cpu, libc }: Needs, machine: Machine): boolean {
  if (os !== undefined && !isListed(machine.os, os)) return false;
  if (cpu !== undefined && !isListed(machine.cpu, cpu)) return false;
  return libc === undefined || isListed(machine.libc, libc);
}

/** An empty version is not asked for. */
export function fitsEngines({ engines }: Needs, { nodeVersion, npmVersion }: Machine): boolean {
  if (engines === undefined || typeof engines !== 'object') return true;
  const { node, npm } = engines;
  const fits = (version: string, range: string | undefined) =>
    version === '' || range === undefined || range === '' || satisfies(version, range, { includePrerelease: true });
  return fits(nodeVersion, node) && fits(npmVersion, npm);
}

const quoted = (text: string) => (text.includes("'") ? (text.includes('"') ? `\`${text}\`` : `"${text}"`) : `'${text}'`);

/** `{ node: '>=20' }`, over several lines where it is long: as `util.inspect` writes it. */
function inspectFlat(value: Readonly<Record<string, string>>, indent: number): string {
  const entries = Object.entries(value).map(([key, text]) => `${/^[a-zA-Z_$][\w$]*$/.test(key) ? key : quoted(key)}: ${quoted(text)}`);
  if (entries.length === 0) return '{}';
  const line = `{ ${entries.join(', ')} }`;
  if (entries.length <= 6 && line.length + indent <= 76) return line;
  const space = ' '.repeat(indent);
  return `{\n${entries.map((entry) => `${space}  ${entry}`).join(',\n')}\n${space}}`;
}

/** What npm prints behind `npm warn EBADENGINE`. */
export function engineWarning(id: string, required: Readonly<Record<string, string>>, { nodeVersion, npmVersion }: Machine): string {
  return [
    'Unsupported engine {',
    `  package: ${quoted(id)},`,
    `  required: ${inspectFlat(required, 2)},`,
    `  current: ${inspectFlat({ node: nodeVersion, npm: npmVersion }, 2)}`,
    '}',
  ].join('\n');
}
