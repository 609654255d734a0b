/** Trees of boxes and lines, as the package `archy` draws them. */

export interface DrawnItem {
  /** Of one line or several. */
  readonly label: string;
  readonly nodes: readonly DrawnItem[];
}

const ascii: Readonly<Record<string, string>> = { '│': '|', '└': '`', '├': '+', '─': '-', '┬': '-' };

export function drawTree({ label, nodes }: DrawnItem, unicode: boolean, prefix = ''): string {
  const symbol = (one: string) => (unicode ? one : (ascii[one] ?? one));
  const joint = `\n${prefix}${nodes.length > 0 ? symbol('│') : ' '} `;
  let text = `${prefix}${label.split('\n').join(joint)}\n`;
  nodes.forEach((node, i) => {
    const isLast = i === nodes.length - 1;
    const below = drawTree(node, unicode, `${prefix}${isLast ? ' ' : symbol('│')} `);
    const lines = `${isLast ? symbol('└') : symbol('├')}${symbol('─')}${node.nodes.length > 0 ? symbol('┬') : symbol('─')}`;
    text += `${prefix}${lines} ${below.slice(prefix.length + 2)}`;
  });
  return text;
}
