/** Takes Unicode's tables out of acorn, 14 kB that every first program would wait for: the engine that runs a text knows them, and has the last word. */
import { SourceEdit } from './source-edit.ts';

const tables = [
  'astralIdentifierCodes',
  'astralIdentifierStartCodes',
  'nonASCIIidentifierChars',
  'nonASCIIidentifierStartChars',
  'isInAstralSet',
  'scriptValuesAddedInUnicode',
  'unicodeBinaryProperties',
  'unicodeBinaryPropertiesOfStrings',
  'unicodeGeneralCategoryValues',
  'unicodeScriptValues',
  'ecma14BinaryPropertiesOfStrings',
  ...[9, 10, 11, 12, 13, 14].flatMap((version) => [`ecma${version}BinaryProperties`, `ecma${version}ScriptValues`]),
];

/** Whether the engine has a property, with or without `=value`: a name has nothing but letters, digits and `_`. */
const known = `function isKnownProperty(property, flags) {
    try { return new RegExp("\\\\p{" + property + "}", flags) !== undefined } catch (_) { return false }
  }`;

export function withoutTables(source: string): string {
  const edit = new SourceEdit(source);
  for (const name of tables) edit.remove(name);
  edit.replaceText('new RegExp("[" + nonASCIIidentifierStartChars + "]")', String.raw`/\p{ID_Start}/u`);
  edit.replaceText(
    'new RegExp("[" + nonASCIIidentifierStartChars + nonASCIIidentifierChars + "]")',
    String.raw`/[\p{ID_Continue}\u200c\u200d]/u`,
  );
  // Behind the end of a text it is NaN.
  const ofCode = (set: string) => `code > 0xffff && ${set}.test(String.fromCodePoint(code))`;
  edit.replaceText('isInAstralSet(code, astralIdentifierStartCodes)\n', `${ofCode('nonASCIIidentifierStart')}\n`);
  edit.replaceText(
    'isInAstralSet(code, astralIdentifierStartCodes) || isInAstralSet(code, astralIdentifierCodes)',
    ofCode('nonASCIIidentifier'),
  );
  edit.replaceText(
    'wordsRegexp(unicodeBinaryProperties[ecmaVersion] + " " + unicodeGeneralCategoryValues)',
    '{ test: function (name) { return isKnownProperty(name, "u") } }',
  );
  edit.replaceText(
    'wordsRegexp(unicodeBinaryPropertiesOfStrings[ecmaVersion])',
    '{ test: function (name) { return isKnownProperty(name, "v") } }',
  );
  const ofValue = (name: string) => `{ test: function (value) { return isKnownProperty("${name}=" + value, "u") } }`;
  edit.replaceText('General_Category: wordsRegexp(unicodeGeneralCategoryValues)', `General_Category: ${ofValue('gc')}`);
  edit.replaceText('wordsRegexp(unicodeScriptValues[ecmaVersion])', ofValue('sc'));
  edit.replaceText('function buildUnicodeData(', `${known}\n  function buildUnicodeData(`);
  return edit.toString();
}
