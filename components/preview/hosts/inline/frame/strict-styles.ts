/** Styles under a policy that forbids inline ones: by constructed style sheets and the CSSOM, which no policy forbids. */

/** Whether the page's Content Security Policy lets an element have a style of its own by an attribute. */
export function inlineStylesApply(): boolean {
  const probe = document.createElement('span');
  probe.setAttribute('style', 'top:1px');
  return probe.style.top !== '';
}

export interface StrictStyleOptions {
  /** The elements that bring rules. Default: `style`. */
  readonly selector?: string;
  /** The rules one of them brings now. Default: its text. */
  readonly rulesOf?: (element: Element) => string;
}

/**
 * Gives the style elements and style attributes below `parent` their effect where the page's policy (`style-src` without
 * `'unsafe-inline'`) took it: rules by a constructed style sheet of the document or shadow root, attributes by the CSSOM.
 * `update` looks at the rules again, `end` ends it; undefined where nothing is to be done.
 */
export function applyStyles(
  parent: Node & ParentNode,
  { selector = 'style', rulesOf = (element) => element.textContent }: StrictStyleOptions = {},
): { update(): void; end(): void } | undefined {
  const root = parent.getRootNode();
  if (!(root instanceof ShadowRoot || root instanceof Document) || inlineStylesApply()) return undefined;
  const sheet = new CSSStyleSheet();
  root.adoptedStyleSheets.push(sheet);
  let rules = '';
  const update = () => {
    const now = [...parent.querySelectorAll(selector)].map(rulesOf).join('\n');
    if (now !== rules) sheet.replaceSync((rules = now));
  };
  const probe = document.createElement('span');
  const applyAttribute = (element: Element) => {
    const style = element.getAttribute('style');
    // What was set by the CSSOM is in effect, and written into the attribute. Nothing is set in vain: in Firefox each time changes the
    // attribute, even from nothing to nothing, and so would be the next one to look at, for ever.
    if (!(element instanceof HTMLElement || element instanceof SVGElement) || style === null || element.style.length > 0) return;
    probe.style.cssText = style;
    if (probe.style.length > 0) element.style.cssText = style;
  };
  const observer = new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records) {
      if (type === 'attributes') applyAttribute(target as Element);
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        applyAttribute(node);
        for (const element of node.querySelectorAll('[style]')) applyAttribute(element);
      }
    }
    update();
  });
  observer.observe(parent, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ['style', 'href', 'rel', 'media', 'disabled'],
  });
  for (const element of parent.querySelectorAll('[style]')) applyAttribute(element);
  update();
  return {
    update,
    end: () => {
      observer.disconnect();
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet);
    },
  };
}
