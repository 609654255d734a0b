/**
 * The document's styles where the page's policy, which the frame inherits, blocks them: `<style>` and `style="…"` without
 * `'unsafe-inline'` in its `style-src`, linked sheets of the server without `blob:`.
 */
import { applyStyles, inlineStylesApply } from './strict-styles.ts';
import type { Resources } from './resources.ts';

function inMedia(media: string, css: string): string {
  return media === '' ? css : `@media ${media} {\n${css}\n}`;
}

/** Call it when the document has been opened. */
export function installBlockedStyles(resources: Resources): void {
  // What an import leads to is known by now, as it was rewritten first. A constructed sheet knows no imports.
  const flat = (css: string): string =>
    css.replace(/@import\s+url\("(blob:[^"]*|data:text\/css,)"\)\s*([^;]*);?/g, (_, url: string, media: string) =>
      inMedia(media.trim(), flat(resources.sheetText(url) ?? '')),
    );
  const linked = (link: HTMLLinkElement): string | undefined => {
    const text = resources.sheetText(link.attributes.getNamedItem('href')?.value ?? '');
    return text === undefined || link.hasAttribute('disabled') ? undefined : inMedia(link.media, flat(text));
  };
  const styles = applyStyles(document, {
    selector: 'style, link[rel~="stylesheet" i]',
    rulesOf: (element) =>
      element instanceof HTMLLinkElement
        ? (linked(element) ?? '')
        : inMedia((element as HTMLStyleElement).media, flat(element.textContent)),
  });
  if (styles !== undefined) installStyleAttribute();
  addEventListener(
    'error',
    (event) => {
      const { target } = event;
      if (!event.isTrusted || !(target instanceof HTMLLinkElement)) return;
      const css = linked(target);
      if (css === undefined) return; // It could not be had.
      event.stopImmediatePropagation();
      if (inlineStylesApply()) {
        const style = document.createElement('style');
        style.textContent = css;
        target.after(style);
      }
      styles?.update();
      target.dispatchEvent(new Event('load'));
    },
    true,
  );
}

/** Firefox keeps no text of an attribute that it blocked: nothing could be made of it later. */
function installStyleAttribute(): void {
  const { setAttribute } = Element.prototype;
  Element.prototype.setAttribute = function (this: Element, name: string, value: string) {
    const named = String(name).toLowerCase() === 'style';
    if (named && (this instanceof HTMLElement || this instanceof SVGElement)) this.style.cssText = String(value);
    else setAttribute.call(this, name, value);
  };
}
