/** Elements that an author puts side by side into one of ours. */

/** Those that can be seen, each in a slot of its own: `NAME-0`, `NAME-1`, … */
export function slottedChildren(host: HTMLElement, name: string): readonly HTMLElement[] {
  const children = [...host.children].filter(
    (child): child is HTMLElement => child instanceof HTMLElement && !/^(SCRIPT|STYLE|TEMPLATE)$/.test(child.tagName),
  );
  children.forEach((child, index) => (child.slot = `${name}-${index}`));
  return children;
}

/** What its author calls an element; empty if nothing. */
export const labelOf = (element: Element | undefined): string =>
  element?.getAttribute('label') || element?.getAttribute('aria-label') || '';

/** What {@link slottedChildren} and {@link labelOf} look at. */
export const observed: MutationObserverInit = { childList: true, subtree: true, attributeFilter: ['label', 'aria-label'] };
