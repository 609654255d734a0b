/** What a project and its packages say of the Node and the pnpm that they need. */
import satisfies from 'semver/functions/satisfies.js';
import { nodeVersion } from '../../versions.ts';
import type { Project } from '../project.ts';
import { PnpmError } from './errors.ts';
import { pnpmVersion } from './layout.ts';
import type { PnpmLock } from './lockfile.ts';

type Engines = Readonly<Record<string, string>> | undefined;

function unmet(engines: Engines): Record<string, string> {
  const have: Readonly<Record<string, string>> = { node: nodeVersion, pnpm: pnpmVersion };
  return Object.fromEntries(
    Object.entries(engines ?? {}).filter(
      ([name, range]) => have[name] !== undefined && !satisfies(have[name], range, { includePrerelease: true }),
    ),
  );
}

/** Of the project itself. */
export function engineWarnings({ manifest }: Project): readonly string[] {
  const wanted = unmet(manifest['engines'] as Engines);
  if (Object.keys(wanted).length === 0) return [];
  const current = JSON.stringify({ node: nodeVersion, pnpm: pnpmVersion });
  return [`\u2009WARN\u2009 Unsupported engine: wanted: ${JSON.stringify(wanted)} (current: ${current})`];
}

/** Of packages, where `engineStrict` is set. @throws {PnpmError} */
export function checkEngines({ packages }: PnpmLock, folder: string): void {
  for (const [key, { engines }] of Object.entries(packages)) {
    const { node } = unmet(engines);
    if (node === undefined) continue;
    throw new PnpmError(
      'UNSUPPORTED_ENGINE',
      'Unsupported environment (bad pnpm and/or Node.js version)',
      `This error happened while installing a direct dependency of ${folder}\n\nYour Node version is incompatible with "${key}".\n\nExpected version: ${node}\nGot: ${nodeVersion}\n\nThis is happening because the package's manifest has an engines.node field specified.\nTo fix this issue, install the required Node version.`,
    );
  }
}
