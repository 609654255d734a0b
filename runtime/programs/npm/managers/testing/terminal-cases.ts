/** What is run on a terminal, by the real managers and by ours (`node runtime/tools/record-manager-terminals.ts`). */
import type { RealManager } from './projects.ts';

export const terminalColumns = 250;

export function terminalFiles(manager: RealManager): Readonly<Record<string, string>> {
  const manifest = {
    name: 'project',
    version: '1.0.0',
    license: 'MIT',
    dependencies: { tool: '^1.0.0', nested: '1', old: '*' },
    devDependencies: { plain: '2.0.0' },
    scripts: { hello: 'echo hello', fail: 'exit 3' },
  };
  return {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    ...(manager === 'berry' ? { '.yarnrc.yml': 'nodeLinker: node-modules\n', 'yarn.lock': '' } : {}),
  };
}

export function terminalLines(manager: RealManager): readonly string[] {
  const word = manager === 'berry' ? 'yarn' : manager;
  // What pnpm leaves of a failure depends on how soon it comes.
  const failing = manager === 'pnpm' ? [] : ['add nothing'];
  const development = { pnpm: '-D', yarn: '-D', berry: '-D', bun: '-d' }[manager];
  return ['install', 'install', `add ${development} plain@1`, ...failing, 'remove old', 'run hello', 'run fail', 'run nothing'].map(
    (line) => `${word} ${line}`,
  );
}

export interface RecordedScreen {
  readonly line: string;
  readonly code: number | null;
  readonly screen: readonly string[];
}
