/** xterm.js under a policy that forbids inline styles. */

/** Whether the page's Content Security Policy lets an element have a style of its own by an attribute. */
function attributesApply(): boolean {
  const probe = document.createElement('span');
  probe.setAttribute('style', 'top:1px');
  return probe.style.top !== '';
}

/**
 * Gives the style elements and style attributes below `parent` their effect where the page's policy (`style-src` without
 * `'unsafe-inline'`) took it: rules by a constructed style sheet of the shadow root, attributes by the CSSOM, which no
 * policy forbids. Returns what ends it, or undefined where nothing is to be done.
 */
export function applyStyles(parent: HTMLElement): (() => void) | undefined {
  const root = parent.getRootNode();
  if (!(root instanceof ShadowRoot) || attributesApply()) return undefined;
  const sheet = new CSSStyleSheet();
  root.adoptedStyleSheets.push(sheet);
  let rules = '';
  const applyRules = () => {
    const now = [...parent.querySelectorAll('style')].map((style) => style.textContent).join('\n');
    if (now !== rules) sheet.replaceSync((rules = now));
  };
  const applyAttribute = (element: Element) => {
    const style = element.getAttribute('style');
    // What was set by the CSSOM is in effect, and written into the attribute.
    if (element instanceof HTMLElement && style !== null && element.style.length === 0) element.style.cssText = style;
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
    applyRules();
  });
  observer.observe(parent, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['style'] });
  for (const element of parent.querySelectorAll('[style]')) applyAttribute(element);
  applyRules();
  return () => {
    observer.disconnect();
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet);
  };
}
