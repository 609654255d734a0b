/** What V8 says of a text that cannot be read, and where it would say that an error was thrown. */
export { explainSyntaxError } from '../modules/syntax-error.ts';
export { throwOf } from '../stack/thrown-by.ts';
