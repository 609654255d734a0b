/** Our resolver in the engines that pages have: the same lockfiles to the byte and the same errors as real npm in Node. */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ServedBrowser } from '../../../testing/served-browser.ts';
import { bundleFile } from '../../../tools/build/npm-resolver.ts';
import { allProjects, readRecords } from '../../../tools/npm-oracle/fixtures.ts';
import type { NpmProject, StepRecord } from './testing/projects.ts';
import type * as InMemory from './testing/in-memory.ts';

/** Of the first step, as `firstSteps` gives it. */
function expectedOf({ code, files, messages }: StepRecord): string {
  if (code === 0) return files['package-lock.json'] ?? '';
  const lines = messages.map((line) => line.replace(/^npm error ?/, '').trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return lines.join('\n').replace(/^code /, '');
}

function comparable(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}

for (const name of ['chromium', 'firefox'] as const) {
  describe(`resolve() in ${name}`, () => {
    let served: ServedBrowser;
    let results: Record<string, string>;
    const projects: readonly NpmProject[] = allProjects();
    before(async () => {
      const file = await bundleFile(`npm-resolver-${name}`, 'runtime/programs/npm/resolve/testing/in-memory.ts');
      served = await ServedBrowser.open({ name });
      const page = await served.blankPage();
      results = await page.evaluate(
        async (script: string, text: string) => {
          const { firstSteps } = (await import(new URL(script, location.origin).href)) as typeof InMemory;
          const registry = new URL('/runtime/programs/npm/fixtures/registry.json.gz', location.origin);
          return firstSteps(registry.href, JSON.parse(text) as NpmProject[]);
        },
        `/.cache/${basename(file)}`,
        JSON.stringify(projects),
      );
    });
    after(() => served.close());

    const records = readRecords();
    for (const project of projects) {
      it(`decides as npm does: ${project.name}`, () => {
        const [record] = records[project.name] ?? [];
        assert.ok(record !== undefined);
        const [actual, expected] = [results[project.name] ?? '', expectedOf(record)];
        if (record.code === 0) assert.equal(actual, expected);
        else assert.equal(comparable(actual), comparable(expected));
      });
    }
  });
}
