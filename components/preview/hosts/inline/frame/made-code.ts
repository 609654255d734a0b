/** Code that scripts make from strings sees what rewritten scripts see: what `source.ts` calls around `eval`, and `Function`. */
import { codeHelper, evalHelper } from './location-face.ts';
import type { SourceRewriter } from './source-rewriter.ts';

/** Where trusted types are, bundlers hand `eval()` an object of theirs. */
interface TrustedTypes {
  isScript(value: unknown): boolean;
}

export function installMadeCode(rewriter: SourceRewriter): void {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const code = (value: unknown, url = document.baseURI): unknown => {
    if (typeof value !== 'string' && trustedTypes?.isScript(value) !== true) return value; // `eval` gives back what is no text.
    const text = String(value);
    const rewritten = rewriter.rewriteCode(text, url);
    return rewritten === text ? value : rewritten;
  };
  const indirect = globalThis.eval;
  Object.defineProperty(window, codeHelper, { value: code });
  Object.defineProperty(window, evalHelper, { value: (value: unknown) => indirect(code(value) as string) });

  /** The arguments of `Function`, whose last one is the body: rewritten as the function that they make. */
  const argumentsOf = (values: readonly unknown[]): unknown[] => {
    const texts = values.map(String);
    const body = texts.pop();
    if (body === undefined) return [];
    const before = `(function(${texts.join()}\n){\n`;
    const whole = rewriter.rewriteCode(`${before}${body}\n})`, document.baseURI);
    return [...texts, whole.startsWith(before) ? whole.slice(before.length, -'\n})'.length) : body];
  };
  const OwnFunction = Function;
  const face: FunctionConstructor = new Proxy(OwnFunction, {
    apply: (target, self, values: unknown[]) => Reflect.apply(target, self, argumentsOf(values)) as unknown,
    construct: (target, values: unknown[], newTarget) =>
      Reflect.construct(target, argumentsOf(values), newTarget === face ? target : newTarget) as object,
  });
  Object.defineProperty(OwnFunction.prototype, 'constructor', { value: face });
  Object.defineProperty(window, 'Function', { value: face });
}
