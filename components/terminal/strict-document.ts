/**
 * The page's document for xterm.js, which styles by style elements: a strict `style-src` forbids them. Its style attributes the build
 * replaces (`runtime/tools/build/strict-xterm.ts`).
 */

/** Not a style element, but with the same effect: each text becomes the rules of a constructed style sheet of `root`. */
function ruleElement(document: Document, root: DocumentOrShadowRoot, release: Set<() => void>): HTMLElement {
  const element = document.createElement('span');
  element.hidden = true;
  const sheet = new CSSStyleSheet();
  root.adoptedStyleSheets.push(sheet);
  const end = () => {
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet);
    release.delete(end);
  };
  release.add(end);
  Object.defineProperty(element, 'textContent', { set: (rules: string) => sheet.replaceSync(rules) });
  element.remove = () => {
    end();
    Element.prototype.remove.call(element);
  };
  return element;
}

/**
 * `document` as it is, but for the style elements it makes: their rules are in effect below `root` under every policy, until the
 * element is removed or `release` is called.
 */
export function strictDocument(
  document: Document,
  root: DocumentOrShadowRoot,
): { readonly document: Document; readonly release: () => void } {
  const ends = new Set<() => void>();
  const createElement = (tag: string, options?: ElementCreationOptions): HTMLElement =>
    tag === 'style' ? ruleElement(document, root, ends) : document.createElement(tag, options);
  const strict = new Proxy(document, {
    get(target, name): unknown {
      if (name === 'createElement') return createElement;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
  return { document: strict, release: () => ends.forEach((end) => end()) };
}
