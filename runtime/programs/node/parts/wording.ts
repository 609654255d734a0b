/**
 * What V8 says of a text that cannot be read, of what is thrown and of the frames of its stack, and where it would say that an error was
 * thrown.
 */
export { compileFollowed } from '../modules/compile-followed.ts';
export { explainSyntaxError } from '../modules/syntax-error.ts';
export { evaluatedFailure, failureOf, madeFailure } from '../stack/evaluated-errors.ts';
export { circleMessage } from '../stack/json-circle.ts';
export { jsonArrow, jsonMessage } from '../stack/json-messages.ts';
export { geckoMessage } from '../stack/gecko-messages.ts';
export { quickJsMessage } from '../stack/quickjs-messages.ts';
export { webkitMessage } from '../stack/webkit-messages.ts';
export { parsedFrames, throwSite } from '../stack/throw-site.ts';
export { nameMoved } from '../stack/name-moved.ts';
export { thrownAt } from '../stack/thrown-at.ts';
export { tellStack } from '../stack/tell.ts';
export { throwOf } from '../stack/thrown-by.ts';
