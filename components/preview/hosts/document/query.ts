/** Answers what the page asks of its document. */
import { BvError } from '../../../../runtime/base/errors.ts';
import type { WireAction, WireAnswer, WireQuestion } from '../../../../runtime/wires/preview-wire.ts';

/** Characters of a text that is told. */
const maxTextLength = 10_000;

/** @throws {BvError} `ERR_BV_INVALID_ARGUMENT` */
function all(selector: string): readonly Element[] {
  try {
    return [...document.querySelectorAll(selector)];
  } catch (cause) {
    throw new BvError('ERR_BV_INVALID_ARGUMENT', `${JSON.stringify(selector)} is no selector`, { cause });
  }
}

function isField(element: Element): element is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
}

function fill(element: Element, text: string): void {
  if (isField(element)) {
    // Frameworks watch the property of the element itself: what a reader types goes past it.
    const prototype: unknown = Object.getPrototypeOf(element);
    Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(element, text);
  } else element.textContent = text;
  element.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, data: text, inputType: 'insertText' }));
  element.dispatchEvent(new Event('change', { bubbles: true }));
}

/** False if there is no such element. */
function act(action: WireAction): boolean {
  const [element] = all(action.selector);
  if (element === undefined) return false;
  if (element instanceof HTMLElement) element.focus();
  if (action.kind === 'fill') fill(element, action.text);
  else if (element instanceof HTMLElement) element.click();
  else element.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true, cancelable: true }));
  return true;
}

function textOf(element: Element): string {
  const text = isField(element) ? element.value : element instanceof HTMLElement ? element.innerText : (element.textContent ?? '');
  return text.slice(0, maxTextLength);
}

function isVisible(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
}

export function answerTo({ selector, attribute, actions }: WireQuestion): WireAnswer {
  let missing: string | null = null;
  for (const action of actions) {
    if (act(action)) continue;
    missing = action.selector;
    break;
  }
  const found = all(selector);
  const [first] = found;
  return {
    count: found.length,
    visible: first !== undefined && isVisible(first),
    text: first === undefined ? '' : textOf(first),
    attribute: attribute === null ? null : (first?.getAttribute(attribute)?.slice(0, maxTextLength) ?? null),
    missing,
  };
}
