/** `dist/quickjs.tar.gz`: the engine and its programs as one layer (`quickJsLayer` of `wires/programs.ts`). */
import { readFile } from 'node:fs/promises';
import { quickJsFiles } from '../../wires/programs.ts';
import { gzipBest } from '../node-library/gzip-small.ts';
import { packTar } from '../node-library/tar.ts';
import type { Output } from './output.ts';

/** The files must be in `dist/` by now. */
export async function writeQuickJsLayer(output: Output): Promise<void> {
  const files = await Promise.all(Object.values(quickJsFiles).map(async (name) => ({ name, text: await readFile(`dist/${name}`) })));
  const packed = gzipBest(packTar(files));
  console.log(`         quickjs.tar.gz: ${(packed.length / 1000).toFixed(0)} kB`);
  await output.write('quickjs.tar.gz', packed);
}
