/** What V8 says of a text that cannot be read. */
export { explainSyntaxError } from '../modules/syntax-error.ts';
