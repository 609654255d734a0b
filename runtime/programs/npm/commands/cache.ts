/** `npm cache`: the packages that this browser keeps for all containers. */
import { usageFailure } from './help.ts';
import { openPackages } from '../packages.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';
import type { Command } from './command.ts';

async function list(session: Session, names: readonly string[]): Promise<void> {
  const { store } = await openPackages(session);
  const isNamed = (label: string | undefined) => names.some((name) => label === name || label?.startsWith(`${name}@`) === true);
  const rows = (await store.list()).filter(({ label }) => names.length === 0 || isNamed(label));
  for (const { label, id, size, inUse } of rows) session.display.output(`${label ?? id} ${size}${inUse ? ' in use' : ''}`);
}

/** Fetches packages and what their registry says of them, as an install would. */
async function add(session: Session, specifiers: readonly string[]): Promise<void> {
  if (specifiers.length === 0) throw usageFailure('cache', 'First argument to `add` is required');
  const other = specifiers.find((one) => /^[./~]|:|[^/]\/.*\//.test(one) || /^[^@]+\//.test(one));
  if (other !== undefined) throw new Failure(`\`npm cache add\` takes packages of registries here, not "${other}".`);
  const { findRemote } = await import('./pack.ts');
  const requests = specifiers.map(async (one) => {
    const { name, version, dist } = await findRemote(session, one);
    return { name, version, resolved: dist.tarball, ...(dist.integrity === undefined ? {} : { integrity: dist.integrity }) };
  });
  const { client, store } = await openPackages(session);
  const { fetchPackages } = await import('../../../packages/fetch-packages.ts');
  await fetchPackages(await Promise.all(requests), { client, store, signal: session.signal });
}

async function clean(session: Session, names: readonly string[]): Promise<void> {
  const { config, display } = session;
  if (names.length === 0 && !config.flag('force')) {
    throw new Failure(`As of npm@5, the npm cache self-heals from corruption issues by treating integrity mismatches as cache misses.
As a result, data extracted from the cache is guaranteed to be valid.
If you want to make sure everything is consistent, use \`npm cache verify\` instead.
Deleting the cache can only make npm go slower, and is not likely to correct any problems you may be encountering!

On the other hand, if you're debugging an issue with the installer, or race conditions that depend on the timing of writing to an empty cache, you can use \`npm install --cache /tmp/empty-cache\` to use a temporary cache instead of removing the actual one.

If you're sure you want to delete the entire cache, rerun this command with --force.`);
  }
  const { store, metadata } = await openPackages(session);
  if (names.length === 0) await metadata.clear();
  const all = names.length === 0 ? [] : await store.list();
  const isOf = (name: string) => (row: (typeof all)[number]) =>
    row.id === name || row.label === name || row.label?.startsWith(`${name}@`) === true;
  const missing = names.find((name) => !all.some(isOf(name)));
  if (missing !== undefined) {
    display.warn('cache', `Not Found: ${missing}`);
    return;
  }
  const rows = names.length === 0 ? undefined : all.filter((row) => names.some((name) => isOf(name)(row)));
  const { removed, freedBytes, kept } = await store.clean(rows?.map(({ id }) => id));
  display.output(`Removed ${removed} package${removed === 1 ? '' : 's'} (${freedBytes} bytes)${kept > 0 ? `; ${kept} in use stay` : ''}`);
}

async function verify(session: Session): Promise<void> {
  const { store } = await openPackages(session);
  const started = performance.now();
  const { checked, bytes, removed } = await store.verify(session.signal);
  const output = (text: string) => session.display.output(text);
  output('Cache verified and compressed (the packages of this browser)');
  output(`Content verified: ${checked} (${bytes} bytes)`);
  if (removed.length > 0) output(`Corrupted content removed: ${removed.length}`);
  output(`Finished in ${(performance.now() - started) / 1000}s`);
}

export const cache: Command = {
  ignoresImplicitWorkspace: true,
  run: async (session, [action, ...args]) => {
    if (action === 'ls' || action === 'list') await list(session, args);
    else if (action === 'clean' || action === 'clear' || action === 'rm') await clean(session, args);
    else if (action === 'verify' || action === 'check') await verify(session);
    else if (action === 'npx') await (await import('./npx-cache.ts')).npxCache(session, args);
    else if (action === 'add') await add(session, args);
    else throw usageFailure('cache');
  },
};
