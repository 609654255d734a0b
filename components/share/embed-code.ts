/** A container as an author would write it into another page. */
import type { ContainerHost } from '../shared/container-controller.ts';
import type { FileContents } from './project-files.ts';

const escaped: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string) => text.replace(/[&<>"]/g, (character) => escaped[character] ?? '');
/** What belongs to the page it is in. */
const ownAttributes = new Set(['id', 'persist', 'toolbar', 'message-origins', 'class', 'style', 'data-theme']);

/** The entry script: chunks are in a folder below it. */
function scriptUrl(): string {
  return import.meta.url.replace(/(chunks\/)?[^/]*([?#].*)?$/, 'bavini.js');
}

function attributesOf(element: Element): string {
  return [...element.attributes]
    .filter(({ name }) => !ownAttributes.has(name))
    .map(({ name, value }) => (value === '' ? ` ${name}` : ` ${name}="${escape(value)}"`))
    .join('');
}

/** The elements of ours in it, without what is around them. */
function partsOf(element: Element, indent: string): string {
  return [...element.children]
    .map((child) => {
      if (!child.localName.startsWith('bv-')) return partsOf(child, indent);
      const inner = partsOf(child, `${indent}  `);
      return `${indent}<${child.localName}${attributesOf(child)}>${inner === '' ? '' : `\n${inner}${indent}`}</${child.localName}>\n`;
    })
    .join('');
}

/** Files that are no text are left out. */
export function embedCode(host: ContainerHost, files: ReadonlyMap<string, FileContents>): string {
  const texts = [...files].filter((file): file is [string, string] => typeof file[1] === 'string');
  // In a <pre> every text can be written, in a <script> not; a first line break would be taken for mark-up.
  const written = texts.map(([path, text]) => `  <pre path="${escape(path)}">\n${escape(text)}</pre>\n`).join('');
  return `<script type="module" src="${escape(scriptUrl())}"></script>\n<bv-container${attributesOf(host)}>\n${written}${partsOf(host, '  ')}</bv-container>\n`;
}
