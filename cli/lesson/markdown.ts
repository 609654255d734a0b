import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt({ html: true });

const kinds = new Set(['tip', 'info', 'warn', 'warning', 'danger', 'note', 'success']);

/** `:::tip[Title]` … `:::`, as TutorialKit has them, become `<aside>`s. Not in fenced code. */
function withAsides(text: string): string {
  let fence = '';
  let depth = 0;
  const lines = text.split('\n').map((line) => {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? '';
    if (fence === '' && mark !== '') fence = mark;
    else if (fence !== '' && mark.startsWith(fence)) fence = '';
    if (fence !== '') return line;
    const [, kind = '', bracketed, plain] = /^:::\s*(\w+)(?:\[([^\]]*)\]|\s+(.*))?\s*$/.exec(line) ?? [];
    if (kinds.has(kind)) {
      depth += 1;
      const title = bracketed ?? plain ?? '';
      return `<aside class="${kind}">\n\n${title === '' ? '' : `**${title}**\n`}`;
    }
    if (depth === 0 || !/^:::\s*$/.test(line)) return line;
    depth -= 1;
    return '\n</aside>\n';
  });
  return lines.join('\n');
}

/** The markup of Markdown, with HTML in it as it is: the page puts it in without scripts. */
export function htmlOf(text: string): string {
  return markdown.render(withAsides(text));
}
