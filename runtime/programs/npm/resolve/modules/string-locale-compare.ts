/** `@isaacs/string-locale-compare` for npm's code, which asks for English alone. */
import { compareNames } from '../../compare-names.ts';

export default function stringLocaleCompare(locale: string): typeof compareNames {
  if (locale !== 'en') throw new TypeError(`There is no order of "${locale}" here`);
  return compareNames;
}
