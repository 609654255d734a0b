import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { bvErrorCodes } from '../../runtime/index.ts';
import { editorEnglish } from '../editor/editor-strings.ts';
import { fencesEnglish } from '../fences/fences-strings.ts';
import { filesEnglish } from '../files/files-strings.ts';
import { layoutEnglish } from '../layout/layout-strings.ts';
import { lessonEnglish } from '../lesson/lesson-strings.ts';
import { outputEnglish } from '../output/output-strings.ts';
import { runEnglish } from '../run/run-strings.ts';
import { shareEnglish } from '../share/share-strings.ts';
import { english } from '../shared/strings.ts';
import { statusEnglish } from '../status/status-strings.ts';
import { tabsEnglish } from '../tabs/tabs-strings.ts';
import { terminalEnglish } from '../terminal/terminal-strings.ts';
import type { LessonLocale, Locale } from './locale.ts';

const tables = {
  shared: english,
  output: outputEnglish,
  run: runEnglish,
  status: statusEnglish,
  share: shareEnglish,
  terminal: terminalEnglish,
  editor: editorEnglish,
  files: filesEnglish,
  layout: layoutEnglish,
  tabs: tabsEnglish,
  fences: fencesEnglish,
  lesson: lessonEnglish,
} satisfies Record<Exclude<keyof (Locale & LessonLocale), 'errors'>, object>;

/** What is the same in English, by language: names, symbols, and words that were borrowed. `*` is every language. */
const identical: Readonly<Record<string, readonly string[]>> = {
  '*': ['terminal.tab', 'editor.foldedPart', 'files.marks'],
  ar: ['terminal.escape', 'terminal.control'],
  de: [
    'shared.codeLabel',
    'shared.terminalLabel',
    'status.label',
    'status.processId',
    'status.seconds',
    'terminal.escape',
    'terminal.tilde',
    'files.name',
    'files.row',
    'tabs.label',
    'tabs.tab',
  ],
  es: [
    'terminal.escape',
    'terminal.control',
    'shared.terminalLabel',
    'output.errorPrefix',
    'status.processId',
    'status.seconds',
    'status.workers',
    'editor.annotationError',
    'files.row',
  ],
  fr: [
    'shared.codeLabel',
    'shared.terminalLabel',
    'output.info',
    'status.processId',
    'status.seconds',
    'status.workers',
    'terminal.control',
    'terminal.tilde',
    'files.row',
    'lesson.solution',
  ],
  it: [
    'terminal.escape',
    'terminal.control',
    'output.label',
    'fences.output',
    'status.processId',
    'status.seconds',
    'terminal.tilde',
    'files.row',
  ],
  ja: ['terminal.escape', 'terminal.control', 'status.processId'],
  ko: ['terminal.escape', 'terminal.control', 'status.processId', 'files.row'],
  pl: ['terminal.escape', 'terminal.control', 'shared.terminalLabel', 'status.program', 'status.processId', 'status.seconds', 'files.row'],
  pt: ['terminal.escape', 'terminal.control', 'shared.terminalLabel', 'status.processId', 'status.seconds', 'status.workers', 'files.row'],
  uk: ['terminal.escape', 'terminal.control', 'status.processId', 'files.row'],
  zh: ['terminal.escape', 'terminal.control', 'status.processId'],
};

type Texts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a text is called with, by the name of its parameter; others are strings. */
const numbers = /^(count|current|code|port|line|lines|seconds|percent|number|errors|passed|differences|hunk|status|times|parts|files)$/;
const others: Readonly<Record<string, unknown>> = { ports: [80, 81], openPorts: [80, 81], states: ['x#y'], size: '1 MB' };

/** All that a text says: for some numbers, with and without names. A name has the sign for a number in it, which must be left in peace. */
function sayings(inEnglish: unknown, text: unknown): readonly string[] {
  if (typeof inEnglish !== 'function') return typeof text === 'object' && text !== null ? Object.values(text).map(String) : [String(text)];
  const [, parameters = ''] = /^\(?([^)=]*)\)? =>/.exec(String(inEnglish)) ?? [];
  const names = parameters.split(',').map((name) => name.trim());
  const said = [0, 1, 2, 5, 11, 22].flatMap((count) =>
    ['x#y', ''].map((name) =>
      String(
        (text as (...args: unknown[]) => unknown)(
          ...names.map((parameter) => others[parameter] ?? (numbers.test(parameter) ? count : name)),
        ),
      ),
    ),
  );
  return [...new Set(said)];
}

const namesIn = (said: readonly string[]) => said.map((text) => text.split('x#y').length - 1);

/** What no text of a language may have, as its typographers see it; `every` is for all of them. */
const wrong: Readonly<Record<string, RegExp>> = {
  every: /\.\.\.|\p{L}'\p{L}|(?<!=)"(?!")(?<!="[^"]*")|undefined|\[object|[^x"“„«「\u00a0]#|^#/u,
  fr: / [:;!?»%]|« /,
  de: / %|(?<!=)"\p{L}/u,
  es: / %|[“”]/,
  it: /[“”]/,
  uk: /[“”„]| %/,
  pl: /[«»“]/,
  pt: /[«»„]/,
  ja: /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}ー][,;:!?]|[,;!?][\p{sc=Han}\p{sc=Hira}\p{sc=Kana}]|。 /u,
  zh: /\p{sc=Han}[,;:!?]|[,;!?]\p{sc=Han}|[「」]|[，。：；] /u,
  ko: /[，。：；、]/,
  ar: /\p{sc=Arab}[,;?]|[“”]/u,
};

const languages = readdirSync(import.meta.dirname)
  .filter((name) => /^[a-z]{2}\.ts$/.test(name))
  .map((name) => name.slice(0, 2));

async function textsOf(language: string): Promise<Texts> {
  const [all, lessons] = (await Promise.all([import(`./${language}.ts`), import(`./lesson/${language}.ts`)])) as { texts: Texts }[];
  return { ...all!.texts, ...lessons!.texts };
}

describe('locales', () => {
  it('are the 11 of our languages that are not English', () => {
    assert.deepEqual(languages, ['ar', 'de', 'es', 'fr', 'it', 'ja', 'ko', 'pl', 'pt', 'uk', 'zh']);
  });

  for (const language of languages)
    it(`${language} has every text, none in English, all as the language is written`, async () => {
      const { errors, ...texts } = await textsOf(language);
      assert.deepEqual(Object.keys(texts), Object.keys(tables));
      const same: string[] = [];
      const ugly: string[] = [];
      for (const [table, inEnglish] of Object.entries(tables)) {
        assert.deepEqual(Object.keys(texts[table] ?? {}), Object.keys(inEnglish), `${table} in the order of the English one`);
        for (const [name, text] of Object.entries(inEnglish)) {
          const translated = texts[table]?.[name];
          assert.equal(typeof translated, typeof text, `${table}.${name}`);
          const [before, after] = [sayings(text, text), sayings(text, translated)];
          const all = after.join('|');
          assert.deepEqual(Math.max(...namesIn(after)), Math.max(...namesIn(before)), `${table}.${name} has the names: ${all}`);
          if (before.join('|') === all) same.push(`${table}.${name}`);
          assert.ok(
            after.every((said) => said.trim() !== ''),
            `${table}.${name}`,
          );
          const named = after.filter((said) => said.includes('x#y'));
          for (const said of named.length > 0 ? named : after) {
            for (const rule of [wrong['every']!, wrong[language]!])
              if (rule.test(said)) ugly.push(`${table}.${name}: ${said} (${rule.exec(said)![0]})`);
          }
        }
      }
      assert.deepEqual(Object.keys(errors!), bvErrorCodes);
      for (const [code, said] of Object.entries(errors as Readonly<Record<string, string>>)) {
        for (const rule of [wrong['every']!, wrong[language]!, /^[^.。]*$|\s$/u]) if (rule.test(said)) ugly.push(`${code}: ${said}`);
      }
      assert.deepEqual(ugly, []);
      assert.deepEqual(same.sort(), [...identical['*']!, ...identical[language]!].sort());
    });

  it('have the forms of their grammar', async () => {
    const form = async (language: string, lines: number) =>
      ((await textsOf(language)) as unknown as Locale).output.news(lines, 0).replace(/[.\d\s]+$|^[\d\s]+/g, '');
    assert.deepEqual(await Promise.all([1, 2, 5, 22].map((count) => form('pl', count))), [
      'nowy wiersz',
      'nowe wiersze',
      'nowych wierszy',
      'nowe wiersze',
    ]);
    assert.equal(new Set(await Promise.all([1, 3, 11].map((count) => form('uk', count)))).size, 3);
    assert.equal(new Set(await Promise.all([1, 2, 5, 11].map((count) => form('ar', count)))).size, 4);
  });

  it('say the same word for the same thing in all tables', async () => {
    const things = [
      ['shared.run', 'run.run', 'fences.run'],
      ['shared.stop', 'run.stop', 'fences.stop'],
      ['shared.reset', 'run.reset', 'fences.reset'],
      ['output.label', 'fences.output'],
      ['status.files', 'files.label'],
      ['share.download', 'files.download'],
    ];
    for (const language of languages) {
      const texts = await textsOf(language);
      const said = (path: string) => texts[path.split('.')[0]!]?.[path.split('.')[1]!];
      for (const [first, ...others] of things) for (const other of others) assert.equal(said(other), said(first!), `${language} ${other}`);
    }
  });
});
