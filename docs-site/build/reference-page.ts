/** A page that the build makes, in Markdown. */
export interface ReferencePage {
  /** Below the root of the site. */
  readonly url: string;
  readonly title: string;
  readonly description: string;
  readonly markdown: string;
}

/** Text for a cell of a Markdown table. */
export const cell = (text: string): string => text.replaceAll('\n', ' ').replaceAll('|', '\\|').trim();

/** A Markdown table without columns that would be empty, or nothing where it would have no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const used = head.map((_, index) => rows.some((cells) => cells[index] !== ''));
  const line = (cells: readonly string[]) =>
    `| ${cells
      .filter((_, index) => used[index])
      .map(cell)
      .join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n') + '\n';
}

/** Code in a line of Markdown. */
export const code = (text: string): string => (text === '' ? '' : `\`${text.replaceAll(/\s+/g, ' ')}\``);

/** Comments name tags and types outside of code, too: there they are text. */
export const withoutTags = (markdown: string): string =>
  markdown.replaceAll(/(`[^`]*`)|<(?=[\w/])/g, (_, inCode?: string) => inCode ?? '\\<');
