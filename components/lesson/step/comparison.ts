import { html } from 'lit';
import type { LitElement, TemplateResult } from 'lit';
import { messageOf } from '../../shared/element-error.ts';
import { loadPart } from '../../shared/load-part.ts';
import type { FileText } from './three-way.ts';

let part: typeof import('./difference-view.ts') | undefined;
let loading: Promise<void> | undefined;
let problem = '';

/** A difference in the shadow root of an element, which is rendered once more when the part for it is there, or cannot be had. */
export function comparisonIn(element: LitElement, path: string, texts: readonly [FileText, FileText]): TemplateResult {
  if (part === undefined) {
    loading ??= loadPart('<bv-lesson>', () => import('./difference-view.ts')).then(
      (loaded) => void (part = loaded),
      (error: unknown) => void (problem = messageOf(error)),
    );
    if (problem === '') void loading.then(() => element.requestUpdate());
    return html`${problem}`;
  }
  const { adoptedStyleSheets } = element.renderRoot as ShadowRoot;
  const sheet = part.differenceStyles.styleSheet!;
  if (!adoptedStyleSheets.includes(sheet)) adoptedStyleSheets.push(sheet);
  return part.differenceView(path, texts);
}
