/** Checks of lessons that are functions of the page's. */
import type { Container } from '../../runtime/index.ts';
import type { PreviewAnswer, PreviewQuestion } from '../preview/preview-interface.ts';

/** What a function looks at. */
export interface CustomCheckContext {
  readonly files: {
    /** Text of a file as the reader sees it; undefined if there is none or it is not text. */
    read(path: string): Promise<string | undefined>;
  };
  readonly container: Container;
  /** `container.exec` that ends with the check. */
  readonly exec: Container['exec'];
  /** `container.fetch` that ends with the check. */
  readonly fetch: Container['fetch'];
  /** The document of the first preview, or that of `port`. Rejects if there is none. */
  readonly preview: { query(question: PreviewQuestion, options?: { readonly port?: number }): Promise<PreviewAnswer> };
  /** Aborted at the time limit, and when the check is started again. */
  readonly signal: AbortSignal;
}

/** True, or nothing: passed. False, or a text that says what was found: failed. */
export type CustomCheckResult =
  boolean | string | undefined | { readonly passed: boolean; readonly wanted?: string; readonly found?: string };

export type CustomCheck = (context: CustomCheckContext) => CustomCheckResult | void | Promise<CustomCheckResult | void>;

const checks = new Map<string, CustomCheck>();

/** Makes `<bv-check type="function" name="…">` call `check`. A second definition of a name takes the place of the first. */
export function defineCheck(name: string, check: CustomCheck): void {
  checks.set(name, check);
}

export function customCheck(name: string): CustomCheck | undefined {
  return checks.get(name);
}
