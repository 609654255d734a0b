/** Brace expansion: it comes before all others and works on the word as written. */
import type { Word, WordPart } from '../syntax/ast.ts';

type Item = string | WordPart;

/** The words a word stands for; itself if it has no braces to expand. */
export function expandBraces(word: Word): readonly Word[] {
  if (!word.parts.some((part) => part.kind === 'text' && part.text.includes('{'))) return [word];
  const items: Item[] = [];
  for (const part of word.parts) {
    if (part.kind === 'text') items.push(...part.text);
    else items.push(part);
  }
  const results = expand(items);
  if (results.length === 1 && results[0] === items) return [word];
  return results.map((result) => ({ parts: join(result), source: word.source }));
}

function join(items: readonly Item[]): WordPart[] {
  const parts: WordPart[] = [];
  let text = '';
  for (const item of items) {
    if (typeof item === 'string') text += item;
    else {
      if (text !== '') parts.push({ kind: 'text', text });
      text = '';
      parts.push(item);
    }
  }
  if (text !== '') parts.push({ kind: 'text', text });
  return parts;
}

function expand(items: Item[]): Item[][] {
  for (let open = 0; open < items.length; open++) {
    if (items[open] !== '{') continue;
    let depth = 0;
    const commas: number[] = [];
    let close = -1;
    for (let i = open; i < items.length; i++) {
      const item = items[i];
      if (item === '{') depth++;
      else if (item === '}' && --depth === 0) {
        close = i;
        break;
      } else if (item === ',' && depth === 1) commas.push(i);
    }
    if (close < 0) continue;
    let alternatives: Item[][];
    if (commas.length > 0) {
      const edges = [open, ...commas, close];
      alternatives = edges.slice(1).flatMap((edge, i) => expand(items.slice((edges[i] as number) + 1, edge)));
    } else {
      const inside = items.slice(open + 1, close);
      const range = inside.every((item) => typeof item === 'string') ? sequence(inside.join('')) : undefined;
      if (range === undefined) continue;
      alternatives = range.map((text) => [...text]);
    }
    const before = items.slice(0, open);
    const after = expand(items.slice(close + 1));
    return alternatives.flatMap((middle) => after.map((rest) => [...before, ...middle, ...rest]));
  }
  return [items];
}

const maxItems = 1_000_000;

function sequence(text: string): string[] | undefined {
  const numbers = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(text);
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d+))?$/.exec(text);
  const match = numbers ?? letters;
  if (match === null) return undefined;
  const [, first = '', last = '', given] = match;
  const from = numbers ? Number(first) : first.charCodeAt(0);
  const to = numbers ? Number(last) : last.charCodeAt(0);
  const step = Math.abs(Number(given ?? 1)) || 1;
  if (Math.abs(to - from) / step > maxItems) return undefined;
  const padded = (numbers && /^-?0\d/.test(first)) || (numbers && /^-?0\d/.test(last));
  const width = padded ? Math.max(first.length, last.length) : 0;
  const list: string[] = [];
  for (let n = from; from <= to ? n <= to : n >= to; n += from <= to ? step : -step) {
    if (numbers) list.push(n < 0 ? `-${String(-n).padStart(width - 1, '0')}` : String(n).padStart(width, '0'));
    else list.push(String.fromCharCode(n));
  }
  return list;
}
