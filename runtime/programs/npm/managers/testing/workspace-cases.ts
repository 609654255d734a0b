/** Lines about many workspaces at once. They depend on each other, so that what they print has one order. */
import type { CommandCase } from './command-cases.ts';

const json = (fields: object) => `${JSON.stringify({ version: '1.0.0', ...fields }, null, 2)}\n`;

/** c ← b ← a, and one that nobody knows. */
const files = {
  'package.json': json({
    name: 'project',
    private: true,
    license: 'MIT',
    workspaces: ['packages/*'],
    scripts: { build: 'echo root', only: 'echo root only' },
  }),
  'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
  'packages/a/package.json': json({
    name: 'a',
    license: 'MIT',
    dependencies: { b: 'workspace:*' },
    scripts: { build: 'echo a; echo a2', prebuild: 'echo before a', say: 'echo a', last: 'exit 3', none: 'true' },
  }),
  'packages/b/package.json': json({
    name: '@made/b',
    license: 'MIT',
    scripts: { build: 'echo b; echo wrong >&2', say: 'echo b', last: 'echo b; exit 2' },
  }),
  'packages/c/package.json': json({ name: 'c', license: 'MIT', scripts: { build: 'printf "no newline"', say: 'echo c', last: 'echo c' } }),
};

/** The names and places that the dependencies need. */
const chained = {
  ...files,
  'packages/a/package.json': files['packages/a/package.json'].replace('"b": "workspace:*"', '"@made/b": "workspace:*"'),
  'packages/b/package.json': json({ ...(JSON.parse(files['packages/b/package.json']) as object), dependencies: { c: 'workspace:*' } }),
};

export const workspaceCases: readonly CommandCase[] = [
  {
    name: 'packages of single workspaces',
    files: {
      'package.json': json({ name: 'project', private: true, license: 'MIT', workspaces: ['packages/*'] }),
      'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
      'packages/a/package.json': '{"name":"a","version":"1.0.0","license":"MIT"}',
      'packages/b/package.json': '{"name":"b","version":"1.0.0","license":"MIT"}\n',
    },
    lines: (manager) => [
      'M install',
      ...{
        // Its lines have no order where something is fetched.
        pnpm: [
          'M --filter b add plain > out.txt',
          'M add --filter "{packages/a}" -D plain',
          'M --filter a remove plain',
          'M --filter none add plain',
        ],
        yarn: ['M workspace a add plain', 'M workspace b add -D @scope/inner', 'M workspace a remove plain'],
        berry: ['M workspace a add plain', 'M workspace b add -D @scope/inner', 'M workspace a remove plain'],
        bun: ['M add plain --filter a', 'M add -d tool@1 --filter "./packages/*"', 'cd packages/b && M remove tool'],
      }[manager],
      'cat packages/*/package.json',
    ],
  },
  {
    name: 'scripts of all workspaces',
    only: ['pnpm'],
    files: chained,
    lines: [
      'M install',
      'M -r run build',
      'M -r build',
      'M recursive run say x "y z"',
      'M -r run last',
      'M -r run nothing',
      'M -r --if-present run nothing',
      'M -r run only',
      'M run -r none',
      'M --filter a run build',
      'M --filter a... run say',
      'M --filter a^... run say',
      'M --filter ...c run say',
      'M --filter "@made/*" --filter c run say',
      'M --filter "!a" run say',
      'M --filter ./packages/c run say',
      'M --filter nobody run say',
      'M -r --workspace-concurrency=1 --no-sort run say',
      'M -r --reporter-hide-prefix run build',
      'M -r --stream run say',
      'M -r --no-bail run last',
      'M -r run --resume-from @made/b say',
      'M -r --reverse run say',
      'cd packages/b && M -r run say',
      'M -w run only',
      'M -r exec echo hi',
      'M --filter c exec pwd',
      'M -r exec node -p 1',
      'M -r test',
      'M --filter @made/b run last',
      'M -r --workspace-concurrency=1 run last',
      'M -r exec node -e "process.exit(4)"',
      'M --filter a nothing',
    ],
  },
  {
    name: 'scripts of all workspaces with bun',
    only: ['bun'],
    files: chained,
    lines: [
      "M run --filter '*' build",
      "M run --filter '*' say x",
      "M --filter '*' say",
      'M run --filter c say',
      "M run --filter '@made/*' build",
      "M run --filter './packages/*' say",
      'M run --filter nobody say',
      "M run --filter '*' nothing",
      "M run --filter '*' last",
      'M run -F c say',
    ],
  },
];
