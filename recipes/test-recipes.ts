/**
 * `npm run test:recipes`: builds the recipes and opens them in Chromium.
 *
 *     npm run test:recipes                    those of CI; hugo, jekyll and mkdocs where they are installed
 *     npm run test:recipes -- --all           all; needs hugo, jekyll and mkdocs with Material
 *     npm run test:recipes -- vitepress hugo  some
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { recipes } from './testing/recipe-list.ts';

const names = process.argv.slice(2).map((word) => (word === '--all' ? 'all' : word));
const unknown = names.filter((name) => name !== 'all' && !recipes.some((recipe) => recipe.name === name));
if (unknown.length > 0)
  throw new Error(`There is no recipe "${unknown.join('", "')}": known are ${recipes.map(({ name }) => name).join(', ')}`);
const env = { ...process.env, ...(names.length === 0 ? {} : { RECIPES: names.join(',') }) };
const child = spawn(process.execPath, ['--test', join(import.meta.dirname, 'recipes.e2e.test.ts')], { stdio: 'inherit', env });
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
