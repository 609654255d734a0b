/** What `node` shows on a terminal, key by key, against recordings of real Node (`runtime/tools/record-terminal-sessions.py`). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { KernelInNode, type TerminalStep } from '../../testing/kernel-in-node.ts';

interface Session {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly steps: readonly TerminalStep[];
  readonly screen: string;
  readonly code: number;
}

const sessions = JSON.parse(readFileSync(new URL('fixtures/terminal-sessions.json', import.meta.url), 'utf8')) as readonly Session[];

/** Without the folder, and without what is measured in milliseconds. */
const comparable = (screen: string, folder: string): string =>
  screen.replaceAll(folder, '<folder>').replace(/(?<=\()\d+(?:\.\d+)?(?=ms\))|(?<=duration_ms )\d+(?:\.\d+)?/g, 'N');

describe('node on a terminal', () => {
  const kernel = new KernelInNode();
  before(() => kernel.boot());
  after(() => kernel.close());

  for (const { name, args, env, files = {}, steps, screen, code } of sessions) {
    it(name, async () => {
      const cwd = `/home/app/${name.replace(/\W+/g, '-')}`;
      await kernel.mount(cwd, { '.keep': '', ...files });
      const ran = await kernel.runOnTerminal(args, steps, {
        cwd,
        env: { PATH: '/usr/bin', HOME: cwd, TERM: 'xterm-256color', ...env },
      });
      assert.equal(comparable(ran.screen, cwd), screen);
      assert.equal(ran.code, code);
    });
  }
});
