import { appendFile, glob, mkdir, readFile, rename, stat, watch, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const folder = 'journal';
await mkdir(folder, { recursive: true });

// Tells of every change in the folder, until all three days have come.
const seen = new Set();
const watching = (async () => {
  for await (const { filename } of watch(folder)) {
    if (filename.endsWith('~') || seen.has(filename)) continue;
    seen.add(filename);
    console.log(`${filename} came`);
    if (seen.size === 3) return;
  }
})();

const days = { '2026-01-01': 'Thursday', '2026-01-02': 'Friday', '2026-01-03': 'Saturday' };
for (const [date, day] of Object.entries(days)) {
  const file = join(folder, `${date}.md`);
  // Written beside its place, then moved: nobody ever reads half a file.
  await writeFile(`${file}~`, `# ${day}\n`);
  await rename(`${file}~`, file);
  await appendFile(file, 'Nothing happened.\n');
}
await watching;

let bytes = 0;
const entries = [];
for await (const file of glob('journal/*.md')) {
  entries.push(await readFile(file, 'utf8'));
  bytes += (await stat(file)).size;
}
console.log(`${entries.length} entries, ${bytes} bytes`);
