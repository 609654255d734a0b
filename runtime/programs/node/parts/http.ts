/** The binding under `http`, and the parser under that. */
export { makeHttpParser } from '../bindings/http-parser.ts';
export { makeLlhttp } from '../natives/llhttp.ts';
