/** Watches what is added to the document: markup that loads something, scripts, and the title. */
import { loadingElements, type LoadingElements } from './elements.ts';
import type { Scripts } from './scripts.ts';

export function observe(options: { elements: LoadingElements; scripts: Scripts; onTitle: (title: string) => void }): void {
  const { elements, scripts } = options;
  let title = document.title;
  const adopt = (element: Element) => {
    if (element instanceof HTMLScriptElement) scripts.adopt(element);
    else elements.adopt(element);
  };
  const observer = new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === 'attributes') {
        if (record.target instanceof Element && !(record.target instanceof HTMLScriptElement)) elements.adopt(record.target);
        continue;
      }
      if (record.target instanceof HTMLStyleElement) elements.adopt(record.target);
      for (const node of record.addedNodes) {
        if (!(node instanceof Element)) continue;
        if (node.matches(`script,${loadingElements}`)) adopt(node);
        for (const element of node.querySelectorAll(`script,${loadingElements}`)) adopt(element);
      }
    }
    if (document.title === title) return;
    title = document.title;
    options.onTitle(title);
  });
  observer.observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ['src', 'srcset', 'href', 'poster', 'data', 'style'],
  });
  // The browser's own attempt at a URL of the server fails before ours has begun; nobody is to hear of that.
  addEventListener(
    'error',
    (event) => {
      if (elements.isWaiting(event.target)) event.stopImmediatePropagation();
    },
    true,
  );
}
