/** One entry of an output, as the reader sees it. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { styledText } from './ansi-text.ts';
import { textOf, type ConsoleObject, type ConsoleValue } from '../shared/console-value.ts';
import { withLinks, type FileLink, type Project } from './file-links.ts';
import type { LogEntry } from './output-log.ts';
import { outputStrings } from './output-strings.ts';

export interface EntryContext {
  readonly project: Project | undefined;
  readonly open: (link: FileLink) => void;
  /** Shows what was not there before. */
  readonly refresh: () => void;
}

type Rendered = TemplateResult | string;

function linked(text: string, context: EntryContext): Rendered[] {
  return withLinks(text, context.project).map((piece) => {
    if (typeof piece === 'string') return piece;
    const label = outputStrings.open(piece.text);
    const open = () => context.open(piece.link);
    // Nothing but the text: line breaks are shown here.
    return html`<button type="button" class="link" title=${label} aria-label=${label} .textContent=${piece.text} @click=${open}></button>`;
  });
}

function textView(text: string, context: EntryContext): Rendered[] {
  return styledText(text).flatMap(({ text: part, classes, colour, background }) => {
    if (classes === '' && colour === undefined && background === undefined) return linked(part, context);
    const style = styleMap({ color: colour, 'background-color': background });
    return [html`<span class=${classes} style=${style}>${linked(part, context)}</span>`];
  });
}

/** Parts are made when they are first looked at: of an object that nobody opens there is one line. */
function partsOf({ parts = [], more = 0 }: ConsoleObject, context: EntryContext): TemplateResult {
  return html`<ul class="parts" role="list">
    ${parts.map(([name, value]) => html`<li><span class="key">${name}:</span> ${valueView(value, context, true)}</li>`)}
    ${more > 0 ? html`<li class="more">${outputStrings.more(more)}</li>` : nothing}
  </ul>`;
}

const opened = new WeakSet<ConsoleObject>();

function valueView(value: ConsoleValue, context: EntryContext, quoted: boolean): Rendered | Rendered[] {
  if (typeof value === 'string' && !quoted) return textView(value, context);
  if (typeof value !== 'object' || value === null) {
    const kind = value === null ? 'null' : typeof value;
    return html`<span class="value ${kind}">${textOf(value, quoted)}</span>`;
  }
  if (value.parts === undefined) return html`<span class="value">${linked(value.text, context)}</span>`;
  const onToggle = (event: Event) => {
    const details = event.currentTarget as HTMLDetailsElement;
    if (!details.open || opened.has(value)) return;
    opened.add(value);
    context.refresh();
  };
  return html`<details @toggle=${onToggle}>
    <summary>${value.text}</summary>
    ${opened.has(value) ? partsOf(value, context) : nothing}
  </details>`;
}

const prefixes = { error: () => outputStrings.errorPrefix, warn: () => outputStrings.warnPrefix, info: () => '', debug: () => '' };

export function entryView({ level, source, values, count }: LogEntry, context: EntryContext): TemplateResult {
  const prefix = source === 'page' ? prefixes[level]() : '';
  const views = values.map((value, at) => [at === 0 ? '' : ' ', valueView(value, context, false)]);
  return html`<div class="entry ${level} ${source}" part="entry ${level}">
    ${prefix === '' ? nothing : html`<span class="visually-hidden">${prefix}</span>`}<span class="text">${views}</span>${
      count === 1 ? nothing : html`<span class="count" title=${outputStrings.repeated(count)}>×${count}</span>`
    }
  </div>`;
}
