/** What `--dry-run` tells: the packages that there would be, nothing of which is fetched or written. */
import { splitSpecifier } from '../specifiers.ts';
import { lookUp } from './layout.ts';
import { keyParts, type BunLock } from './lockfile.ts';

/** Those that the project asks for first, then what these do. @param asked Names that are told last, as installed. */
export function triedLines(lock: BunLock, asked: readonly string[] = []): readonly string[] {
  const keys = new Set<string>();
  let wave = Object.values(lock.workspaces).map((workspace): [string[], typeof workspace] => [[], workspace]);
  while (wave.length > 0) {
    const next: typeof wave = [];
    for (const [from, { dependencies, devDependencies, optionalDependencies, peerDependencies }] of wave) {
      const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies });
      for (const name of names) {
        const key = lookUp(lock, from, name);
        const found = key === undefined ? undefined : lock.packages[key];
        if (key === undefined || found === undefined || keys.has(key)) continue;
        keys.add(key);
        next.push([keyParts(key), found.info]);
      }
    }
    wave = next;
  }
  const ids = [...keys].map((key) => lock.packages[key]?.id ?? '').filter((id) => !/@workspace:/.test(id.slice(1)));
  const isAsked = (id: string) => asked.includes(splitSpecifier(id).name);
  return [...ids.filter((id) => !isAsked(id)).map((id) => ` ${id}`), ...ids.filter(isAsked).map((id) => `installed ${id}`)];
}
