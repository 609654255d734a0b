import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { outputEnglish } from '../output/output-strings.ts';
import { runEnglish } from '../run/run-strings.ts';
import { shareEnglish } from '../share/share-strings.ts';
import { english } from '../shared/strings.ts';
import { statusEnglish } from '../status/status-strings.ts';
import type { Locale } from './locale.ts';

const tables = {
  shared: english,
  output: outputEnglish,
  run: runEnglish,
  status: statusEnglish,
  share: shareEnglish,
} satisfies Record<keyof Locale, object>;

/** Words that are the same in other languages. */
const international =
  /^(Code|Terminal|Status|Debugging|Debug|Stop|Reset|ID|Workers?|Details|Messages|Output|Link|Container|Error|Errors|None|File|Port|Program)\W*x?$|^…|^\d/i;
/** One of each kind that a text may take. */
const sample = (index: number) => [2, '3', [4, 5]][index];

const languages = readdirSync(import.meta.dirname)
  .filter((name) => /^[a-z]{2}\.ts$/.test(name))
  .map((name) => name.slice(0, 2));

const typesOf: Readonly<Record<string, readonly unknown[]>> = {
  previewSilent: [3000, [80, 81]],
  ports: [[80, 81]],
  loading: [2, '1 MB'],
  loadedValue: ['1 MB', 2],
  news: [7, 2],
};

function said(name: string, text: unknown): string {
  if (typeof text !== 'function') return String(text);
  const given =
    typesOf[name] ?? Array.from({ length: text.length }, (_, at) => (/Label|file|open|load|what|fail/i.test(name) ? 'x' : sample(at)));
  return String((text as (...args: unknown[]) => unknown)(...given));
}

describe('locales', () => {
  it('are the 11 of our languages that are not English', () => {
    assert.deepEqual(languages, ['ar', 'de', 'es', 'fr', 'it', 'ja', 'ko', 'pl', 'pt', 'uk', 'zh']);
  });

  for (const language of languages)
    it(`${language} has every text, and none is still English`, async () => {
      const { texts } = (await import(`./${language}.ts`)) as { texts: Record<string, Record<string, unknown>> };
      assert.deepEqual(Object.keys(texts), Object.keys(tables));
      const untranslated: string[] = [];
      for (const [table, inEnglish] of Object.entries(tables)) {
        assert.deepEqual(Object.keys(texts[table] ?? {}), Object.keys(inEnglish), `${table} in the order of the English one`);
        for (const [name, text] of Object.entries(inEnglish)) {
          const translated = texts[table]?.[name];
          assert.equal(typeof translated, typeof text, `${table}.${name}`);
          const [before, after] = [said(name, text), said(name, translated)];
          assert.notEqual(after.trim(), '', `${table}.${name}`);
          assert.doesNotMatch(after, /undefined|\[object|#/, `${table}.${name}`);
          if (before === after && !international.test(before)) untranslated.push(`${table}.${name}: ${after}`);
        }
      }
      assert.deepEqual(untranslated, []);
    });

  it('have the forms of their grammar', async () => {
    const form = async (language: string, lines: number) =>
      ((await import(`./${language}.ts`)) as { texts: Locale }).texts.output.news(lines, 0).replace(/[.\d\s]+$|^[\d\s٠-٩]+/g, '');
    assert.deepEqual(await Promise.all([1, 2, 5, 22].map((count) => form('pl', count))), [
      'nowy wiersz',
      'nowe wiersze',
      'nowych wierszy',
      'nowe wiersze',
    ]);
    assert.equal(new Set(await Promise.all([1, 3, 11].map((count) => form('uk', count)))).size, 3);
    assert.equal(new Set(await Promise.all([1, 2, 5, 11].map((count) => form('ar', count)))).size, 4);
  });
});
