/** Two texts beside each other. Loaded when a reader asks for it. */
import { css, html } from 'lit';
import type { TemplateResult } from 'lit';
import { lessonStrings as strings } from '../lesson-strings.ts';
import { differenceOf, type DifferenceRow } from './difference.ts';
import type { FileText } from './three-way.ts';

const signs: Readonly<Record<DifferenceRow['kind'], string>> = { same: ' ', added: '+', removed: '−', skipped: '⋯' };

function rowView({ kind, text }: DifferenceRow): TemplateResult {
  const line = html`<span class="sign" aria-hidden="true">${signs[kind]}</span>${text}`;
  if (kind === 'added') return html`<ins>${line}</ins>`;
  if (kind === 'removed') return html`<del>${line}</del>`;
  return html`<span class=${kind}>${line}</span>`;
}

/** From the reader's text to another one, in a shadow root that has the styles below. */
export function differenceView(path: string, [mine, theirs]: readonly [FileText, FileText]): TemplateResult {
  return html`<p class="legend"><del>− ${strings.yours}</del> <ins>+ ${strings.theirs}</ins></p>
    <div class="difference" tabindex="0" role="region" aria-label=${strings.comparison(path)}>
      <code>${differenceOf(mine ?? '', theirs ?? '').map(rowView)}</code>
    </div>`;
}

export const differenceStyles = css`
  .difference {
    overflow: auto;
    max-block-size: 24rem;
    margin-block: 0.25rem;
    border: 1px solid var(--_border);
    border-radius: calc(var(--_radius) - 2px);
    background: var(--_background);
    direction: ltr;
    text-align: start;
  }
  .difference code {
    display: grid;
    min-inline-size: max-content;
    font: var(--_code-size) / var(--_code-line) var(--_code-font);
    white-space: pre;
    tab-size: 4;
  }
  .difference code > * {
    padding-inline-end: var(--_gap);
    min-block-size: calc(1em * var(--_code-line));
  }
  .sign {
    display: inline-block;
    inline-size: 3ch;
    text-align: center;
    user-select: none;
  }
  .skipped {
    color: var(--_muted);
  }
  ins,
  del {
    text-decoration: none;
  }
  ins {
    background: light-dark(#dcf5e3, #12361f);
  }
  del {
    background: light-dark(#fbe3e2, #47201e);
  }
  .legend {
    display: flex;
    gap: var(--_gap);
    margin: 0.25rem 0 0;
    font-size: 0.8125rem;
  }
  .legend > * {
    padding-inline: 0.375rem;
    border-radius: 3px;
  }
`;
