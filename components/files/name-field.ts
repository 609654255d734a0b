/** The field of the tree in which a name is typed. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { filesStrings } from './files-strings.ts';
import { joinPath, nameOf } from './tree-rows.ts';
import type { TreeEntry } from './tree-rows.ts';

/** A name that is being typed: of something new in `folder`, or another one for `path`. */
export interface Naming {
  readonly folder: string;
  readonly kind: TreeEntry['kind'];
  readonly path?: string;
}

/** The path that a name makes; undefined if it is no name. Of a new file it may bring its folders, another name is one name. */
export function pathOf({ folder, path }: Naming, name: string): string | undefined {
  const parts = name.trim().split('/');
  const good = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'));
  return good && (path === undefined || parts.length === 1) ? joinPath(folder, parts.join('/')) : undefined;
}

export interface NameFieldOptions {
  readonly level: number;
  /** What is wrong with the name; empty if nothing is. */
  readonly problem: string;
  /** The reader pressed Enter, or left the field. */
  readonly done: (name: string, how: { readonly left: boolean }) => void;
  readonly cancel: () => void;
}

export function nameField({ path }: Naming, { level, problem, done, cancel }: NameFieldOptions): TemplateResult {
  const onKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape') cancel();
    else if (event.key === 'Enter' && !event.isComposing) done((event.target as HTMLInputElement).value, { left: false });
  };
  return html`<div role="treeitem" aria-selected="false" aria-level=${level} class="row" style="--level: ${level}">
      <span class="twist"></span>
      <input
        class="name"
        aria-label=${filesStrings.name}
        aria-invalid=${problem !== ''}
        aria-describedby="problem"
        autocapitalize="off"
        autocomplete="off"
        spellcheck="false"
        .value=${path === undefined ? '' : nameOf(path)}
        @keydown=${onKey}
        @blur=${(event: FocusEvent) => done((event.target as HTMLInputElement).value, { left: true })}
      />
    </div>
    ${problem === '' ? nothing : html`<div role="none"><p class="problem" id="problem" role="alert">${problem}</p></div>`}`;
}

/** Puts the focus into it, with the part of the name before its ending selected. */
export function enterField(input: HTMLInputElement): void {
  input.focus();
  const dot = input.value.lastIndexOf('.');
  input.setSelectionRange(0, dot > 0 ? dot : input.value.length);
}
