/** How a file of the tree is drawn. */
import { html, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { filesStrings } from './files-strings.ts';
import { nameOf } from './tree-rows.ts';
import type { Row } from './tree-rows.ts';

const icons = {
  file: svg`<path d="M9 1.5H4a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V5.5zM9 1.5v4h4M8 8v4M6 10h4"/>`,
  folder: svg`<path d="M1.5 12.5v-9h4.5l1.5 2h7v7zM8 7.5v3.5M6.25 9.25h3.5"/>`,
  more: svg`<path d="M3 8h.01M8 8h.01M13 8h.01" stroke-width="2.5"/>`,
  twist: svg`<path d="M6 4l4 4-4 4"/>`,
};

const icon = (name: keyof typeof icons, className = '') =>
  html`<svg class=${className} viewBox="0 0 16 16" aria-hidden="true">${icons[name]}</svg>`;

export function iconButton(name: keyof typeof icons, label: string, run: (event: MouseEvent) => void): TemplateResult {
  return html`<button type="button" class=${name} aria-label=${label} title=${label} @click=${run}>${icon(name)}</button>`;
}

export interface RowViewOptions {
  readonly active: boolean;
  /** It will be moved. */
  readonly cut: boolean;
  /** What is dragged would go into it. */
  readonly target: boolean;
  readonly click: () => void;
  readonly focus: () => void;
}

export function rowView(row: Row, { active, cut, target, click, focus }: RowViewOptions): TemplateResult {
  const { path, kind, change, level } = row;
  const name = nameOf(path);
  const states = [
    ...(change === undefined ? [] : [filesStrings.changes[change]]),
    ...(row.readonly ? [filesStrings.readonly] : []),
    ...(cut ? [filesStrings.cutNow] : []),
  ];
  return html`<div
    role="treeitem"
    class="row ${change ?? ''} ${cut ? 'cut' : ''} ${target ? 'target' : ''}"
    style="--level: ${level}"
    data-path=${path}
    title=${path}
    tabindex=${active ? 0 : -1}
    aria-label=${filesStrings.row(name, states)}
    aria-level=${level}
    aria-posinset=${row.position}
    aria-setsize=${row.size}
    aria-expanded=${kind === 'folder' ? row.open : nothing}
    aria-selected=${active}
    draggable="true"
    @click=${click}
    @focus=${focus}
  >
    ${kind === 'folder' ? icon('twist', 'twist') : html`<span class="twist"></span>`}
    <span class="text">${name}</span>
    ${change === undefined ? nothing : html`<span class="mark" data-mark=${filesStrings.marks[change]}></span>`}
  </div>`;
}
