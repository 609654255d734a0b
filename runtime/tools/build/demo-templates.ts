/** Packs each folder of `demo/templates/` into the tar.gz that a demo page mounts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipBest } from '../node-library/gzip-small.ts';
import { packTar, type TarFile } from '../node-library/tar.ts';
import type { Output } from './output.ts';

const folder = 'demo/templates';

export async function writeDemoTemplates(output: Output): Promise<void> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const root = join(folder, entry.name);
    const files = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file): TarFile => {
        const path = join(file.parentPath, file.name);
        return { name: path.slice(root.length + 1).replaceAll('\\', '/'), text: readFileSync(path) };
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    await output.write(`${entry.name}.tar.gz`, gzipBest(packTar(files)));
  }
}
