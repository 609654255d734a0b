/** What Firefox says of a text that is no regular expression, in V8's words. */

const reasons: Readonly<Record<string, string>> = {
  'unterminated parenthetical': 'Unterminated group',
  'unterminated character class': 'Unterminated character class',
  'nothing to repeat': 'Nothing to repeat',
  '\\ at end of pattern': '\\ at end of pattern',
  'duplicate capture group name in regular expression': 'Duplicate capture group name',
  'numbers out of order in {} quantifier.': 'numbers out of order in {} quantifier',
  'invalid range in character class': 'Range out of order in character class',
  'unmatched ) in regular expression': "Unmatched ')'",
  'invalid named capture reference in regular expression': 'Invalid named capture referenced',
  'invalid named reference in regular expression': 'Invalid named reference',
  'invalid unicode escape in regular expression': 'Invalid Unicode escape',
  'raw bracket is not allowed in regular expression with unicode flag': 'Lone quantifier brackets',
  'invalid property name in regular expression': 'Invalid property name',
  'invalid regexp group': 'Invalid group',
  'invalid capture group name in regular expression': 'Invalid capture group name',
  'invalid identity escape in regular expression': 'Invalid escape',
  'incomplete quantifier in regular expression': 'Incomplete quantifier',
  'invalid character class in regular expression': 'Invalid character class',
  'invalid escape in regular expression': 'Invalid escape',
};

const flag = /^invalid regular expression flag /;

type Known = { readonly value: unknown } | undefined;

export const isRegExpMessage = (message: string): boolean => Object.hasOwn(reasons, message) || flag.test(message);

/** Undefined if what was to be read is not known. */
export function regExpMessage(message: string, pattern: Known, flags: Known): string | undefined {
  if (flags === undefined) return undefined;
  const written = typeof flags.value === 'string' ? flags.value : '';
  if (flag.test(message)) return `Invalid flags supplied to RegExp constructor '${written}'`;
  return pattern === undefined ? undefined : `Invalid regular expression: /${String(pattern.value)}/${written}: ${reasons[message]!}`;
}
