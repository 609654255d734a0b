import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Facts } from '../facts.ts';
import { fixtureFolders, fixtureProject, fixtureSource, readRecord } from '../testing/fixture-project.ts';
import { projects } from '../testing/projects.ts';
import { parsePnpmLock, writePnpmLock, type PnpmLock } from './lockfile.ts';
import { peerReport, type PeerIssue } from './peer-report.ts';
import { resolvePnpm } from './resolve.ts';
import { workspaceFilePatterns } from './workspace-file.ts';

describe('pnpm choosing versions, compared with the real one', () => {
  for (const { name, files } of projects) {
    const { steps } = readRecord('pnpm', name);
    let before: PnpmLock | undefined;
    for (const { args, lockfile, manifest, stdout } of steps) {
      const lock = before;
      if (lockfile === null) continue;
      before = parsePnpmLock(lockfile);
      it(`writes the same lockfile: ${name}, after ${args.join(' ')}`, async () => {
        const patterns = workspaceFilePatterns(files('pnpm')['pnpm-workspace.yaml'] as string | undefined);
        const project = fixtureProject(name, 'pnpm', manifest, patterns ?? []);
        const overrides = project.manifest.pnpm?.['overrides'] as Record<string, string> | undefined;
        const issues: PeerIssue[] = [];
        const made = await resolvePnpm({
          onPeerIssue: (issue) => issues.push(issue),
          project,
          facts: new Facts(fixtureSource),
          folders: fixtureFolders(name, 'pnpm'),
          ...(lock === undefined ? {} : { lock }),
          ...(overrides === undefined ? {} : { overrides }),
        });
        assert.equal(writePnpmLock(made), lockfile);
        const said = /\u2009WARN\u2009 Issues with peer dependencies found\n[\s\S]*?(?=\n\n)/.exec(stdout)?.[0];
        assert.equal(peerReport(issues), said);
      });
    }
  }
});
