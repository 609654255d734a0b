/** What the browser tells screen readers of a page, a line for each thing. */
import type { Page } from 'puppeteer-core';

/** Roles that say nothing, and the text within what has a name already. */
const silent = new Set(['none', 'generic', 'InlineTextBox', 'StaticText', 'LineBreak', 'strong', 'superscript']);
/** What has no name of its own is heard as its text. */
const texts = new Set(['paragraph', 'status', 'code']);
const stated = [
  'checked',
  'pressed',
  'expanded',
  'selected',
  'disabled',
  'level',
  'live',
  'hasPopup',
  'orientation',
  'multiline',
  'readonly',
];

/** Roles, names and states as an indented list. In Chromium. */
export async function outlineOf(page: Page): Promise<string> {
  const session = await page.createCDPSession();
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const textOf = ({ childIds = [] }: (typeof nodes)[number]): string =>
    childIds
      .map((id) => byId.get(id))
      .map((node) => (node === undefined ? '' : node.role?.value === 'StaticText' ? String(node.name?.value) : textOf(node)))
      .join('')
      .replaceAll(/\s+/g, ' ')
      .trim();
  const lines: string[] = [];
  const add = (id: string, depth: number) => {
    const node = byId.get(id);
    if (node === undefined) return;
    const role = String(node.role?.value ?? '');
    const shown = !node.ignored && !silent.has(role);
    if (shown) {
      const name = String(node.name?.value ?? '') || (texts.has(role) ? textOf(node) : '');
      const states = (node.properties ?? [])
        .filter(({ name: state, value }) => stated.includes(state) && value.value !== false && value.value !== 'false')
        .map(({ name: state, value }) => ` ${state}${value.value === true ? '' : `=${String(value.value)}`}`);
      const value = node.value?.value === undefined ? '' : ` (${String(node.value.value).slice(0, 40)})`;
      lines.push(`${'  '.repeat(depth)}${role}${name === '' ? '' : ` “${name}”`}${role === 'textbox' ? '' : value}${states.join('')}`);
    }
    // A document in a preview is its author's.
    if (role !== 'textbox' && role !== 'Iframe') for (const child of node.childIds ?? []) add(child, shown ? depth + 1 : depth);
  };
  add(nodes[0]!.nodeId, 0);
  return lines.join('\n');
}
