/** Starts Eleventy from the project's root, which it takes its paths from. */
import Eleventy from '@11ty/eleventy';
import { configureSite } from './site.ts';

const content = 'docs-site/content';

function eleventyFor(output: string): Eleventy {
  return new Eleventy(content, output, { quietMode: true, config: (config) => configureSite(config, output) });
}

export async function buildSite(output: string): Promise<void> {
  await eleventyFor(output).write();
}

export async function serveSite(output: string, port: number): Promise<void> {
  const eleventy = eleventyFor(output);
  await eleventy.init();
  await eleventy.watch();
  await eleventy.serve(port);
}
