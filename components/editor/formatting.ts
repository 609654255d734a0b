/** Formats a text with prettier. It and each language are chunks of their own. */
import { diff } from '@codemirror/merge';
import type { Options, Plugin } from 'prettier';
import type { TextChange } from './changes.ts';

type Load = () => Promise<Plugin[]>;

const plugin = async (loading: Promise<unknown>): Promise<Plugin> => {
  const module = (await loading) as { default?: Plugin } & Plugin;
  return module.default ?? module;
};
const estree = () => plugin(import('prettier/plugins/estree'));
const babel: Load = () => Promise.all([plugin(import('prettier/plugins/babel')), estree()]);
const typescript: Load = () => Promise.all([plugin(import('prettier/plugins/typescript')), estree()]);
const postcss: Load = () => Promise.all([plugin(import('prettier/plugins/postcss'))]);
/** With what is embedded in them. */
const html: Load = async () => [await plugin(import('prettier/plugins/html')), ...(await babel()), ...(await postcss())];

const parsers: readonly (readonly [RegExp, string, Load])[] = [
  [/\.(m|c)?jsx?$/, 'babel', babel],
  [/\.(m|c)?tsx?$/, 'typescript', typescript],
  [/(^|\/)package(-lock)?\.json$/, 'json-stringify', babel],
  [/\.(json|webmanifest)$/, 'json', babel],
  [/\.(json5|jsonc)$/, 'json5', babel],
  [/\.html?$/, 'html', html],
  [/\.vue$/, 'vue', async () => [...(await html()), await plugin(import('prettier/plugins/typescript'))]],
  [/\.css$/, 'css', postcss],
  [/\.scss$/, 'scss', postcss],
  [/\.less$/, 'less', postcss],
  [/\.(md|markdown)$/, 'markdown', () => Promise.all([plugin(import('prettier/plugins/markdown'))])],
  [/\.ya?ml$/, 'yaml', () => Promise.all([plugin(import('prettier/plugins/yaml'))])],
];

/** Whether there is a formatter for files of this name. */
export function canFormat(file: string): boolean {
  return parsers.some(([ending]) => ending.test(file));
}

/**
 * The changes that format `text`; undefined where there is no formatter. `config` is the text of a `.prettierrc`, as JSON; another
 * one is not used.
 *
 * @throws {SyntaxError} of prettier if the text cannot be parsed.
 */
export async function formattingOf(file: string, text: string, config: string | undefined): Promise<readonly TextChange[] | undefined> {
  const [, parser, load] = parsers.find(([ending]) => ending.test(file)) ?? [];
  if (parser === undefined || load === undefined) return undefined;
  const [{ format }, plugins] = await Promise.all([import('prettier/standalone'), load()]);
  const formatted = await format(text, { ...optionsOf(config), parser, plugins });
  return diff(text, formatted).map(({ fromA, toA, fromB, toB }) => ({ from: fromA, to: toA, insert: formatted.slice(fromB, toB) }));
}

/** What a project asks for; no plug-ins, which would be code. */
function optionsOf(config: string | undefined): Options {
  if (config === undefined) return {};
  let found: unknown;
  try {
    found = JSON.parse(config);
  } catch {
    return {}; // YAML, or being edited.
  }
  if (typeof found !== 'object' || found === null) return {};
  const { plugins: _plugins, parser: _parser, overrides: _overrides, ...options } = found as Record<string, unknown>;
  return options as Options;
}
