import { ToolExit } from './tool.ts';

/** Arguments out of text as xargs reads it: blanks separate, quotes and backslashes protect. */
export function splitArguments(text: string): string[] {
  const words: string[] = [];
  const pattern = /(?:[^\s"'\\]|\\[^]|"[^"\n]*"|'[^'\n]*')+|["']/g;
  for (const [word] of text.matchAll(pattern)) {
    if (word === '"' || word === "'")
      throw new ToolExit(
        1,
        `xargs: unmatched ${word === '"' ? 'double' : 'single'} quote; by default quotes are special to xargs unless you use the -0 option\n`,
      );
    words.push(
      word.replace(
        /\\([^])|"([^"]*)"|'([^']*)'/g,
        (_, escaped?: string, double?: string, single?: string) => escaped ?? double ?? single ?? '',
      ),
    );
  }
  return words;
}
