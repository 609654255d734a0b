/** What is run on a terminal, by the real managers, npm among them, and by ours (`node runtime/tools/record-manager-terminals.ts`). */
import { realManagers, type RealManager } from './projects.ts';

export type TerminalManager = RealManager | 'npm';
export const terminalManagers: readonly TerminalManager[] = [...realManagers, 'npm'];

export const terminalColumns = 250;

export function terminalFiles(manager: TerminalManager): Readonly<Record<string, string>> {
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

const npmLines = [
  'npm install',
  'npm install',
  'npm ls',
  'npm ls --all',
  'npm ll --all',
  'npm ls nothing',
  'npm outdated',
  'npm outdated --long',
  'npm explain plain',
  'npm view plain',
  'npm view plain version',
  'npm view plain versions',
  'npm view plain versions --json',
  'npm view nothing',
  'npm install -D plain@1',
  'npm install nothing',
  'npm install needs-peer plain@2',
  'npm uninstall old',
  'npm ci',
  'npm run',
  'npm run hello',
  'npm run fail',
  'npm run nothing',
  'npm test',
  'npm pkg get dependencies',
  'npm fund',
  'npm dedupe',
  'npm version patch',
  'npm config get fund',
  'npm pack --dry-run',
  'npm exec tool a',
  'npm ls --color=false',
  'npm installl',
];

export function terminalLines(manager: TerminalManager): readonly string[] {
  if (manager === 'npm') return npmLines;
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
