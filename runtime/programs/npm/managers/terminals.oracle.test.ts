/** What our managers leave on a terminal, against the real ones (`runtime/tools/record-manager-terminals.ts`). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { NpmSystem } from '../testing/npm-in-node.ts';
import { startRegistry, type TestRegistry } from '../testing/registry.ts';
import { commandPackages } from './testing/command-cases.ts';
import { useBundledResolver } from '../testing/resolver-in-node.ts';
import { plainScreen } from './testing/screen.ts';
import { terminalColumns, terminalFiles, terminalLines, terminalManagers, type RecordedScreen } from './testing/terminal-cases.ts';

const recorded = JSON.parse(readFileSync(new URL('fixtures/terminals.json', import.meta.url), 'utf8')) as Record<string, RecordedScreen[]>;

describe('on a terminal', () => {
  let registry: TestRegistry;
  before(async () => {
    await useBundledResolver();
    registry = await startRegistry(commandPackages);
  });
  after(() => registry.close());

  for (const manager of terminalManagers) {
    test(`${manager} shows what the real one shows, in its colours`, async (t) => {
      const system = new NpmSystem(registry.address);
      t.after(() => system.close());
      await system.boot(terminalFiles(manager));
      const env = { LANG: 'en_US.UTF-8', TERM: 'xterm-256color', npm_config_fetch_retries: '0' };
      for (const [index, line] of terminalLines(manager).entries()) {
        const { code, written } = await system.runOnTerminal(line, { columns: terminalColumns, env });
        assert.deepEqual({ line, code, screen: plainScreen(written, registry.address) }, recorded[manager]?.[index]);
      }
      assert.deepEqual(system.troubles, []);
    });
  }
});
