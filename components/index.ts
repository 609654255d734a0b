/** The elements' classes. Importing them registers nothing; `define.ts` does. */
export { BvContainer } from './container/container-element.ts';
export { BvEditor } from './editor/editor-element.ts';
export { BvPreview } from './preview/preview-element.ts';
export { BvTerminal } from './terminal/terminal-element.ts';
export type { BvOutput } from './output/output-element.ts';
export { discover } from './lazy-elements.ts';
export { defineCheck, type CustomCheck, type CustomCheckContext, type CustomCheckResult } from './shared/custom-checks.ts';
export type { PreviewAction, PreviewAnswer, PreviewQuestion } from './preview/preview-interface.ts';
export { BvElementError } from './shared/element-error.ts';
export * from './shared/events.ts';
export { setStrings, type Strings } from './shared/strings.ts';
export type { RunState } from './shared/container-controller.ts';
export type * from '../runtime/index.ts';
