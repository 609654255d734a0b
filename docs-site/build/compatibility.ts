/** The compatibility page's tables: from the lists that the runs of Node's own tests are compared with. */
import { join } from 'node:path';
import { readExpectations } from '../../runtime/tools/conformance/expectations.ts';
import { table, withoutTags } from './reference-page.ts';

const folder = join(import.meta.dirname, '../../runtime/programs/node/conformance');

/** `test-fs-read-stream.js` is of `fs`; what has a folder is of that. */
function groupOf(name: string): string {
  const [, inFolder] = /^([\w-]+)\//.exec(name) ?? [];
  if (inFolder !== undefined) return inFolder;
  return /^test-(child-process|whatwg-url|[a-z\d]+)/.exec(name)?.[1] ?? 'others';
}

/** Every file that does not pass on `engine`, with the reason. */
export function failuresTable(engine: 'native' | 'quickjs'): string {
  const groups = Map.groupBy(readExpectations(join(folder, `${engine}.tsv`)), ({ name }) => groupOf(name));
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, rows]) => {
      const lines = rows.map(({ name, status, reason }) => [`\`${name.replace(/^.*\//, '')}\``, status, withoutTags(reason)]);
      return `<details>\n<summary>${group}: ${rows.length}</summary>\n\n${table(['File', 'Outcome', 'Why'], lines)}\n</details>\n`;
    })
    .join('\n');
}
