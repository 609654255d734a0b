/**
 * A plugin that minifies the style sheets in Lit's `css` templates: what a minifier of scripts sees there is text. The templates of
 * `html` stay as they are: white space between elements can be seen, and gzip makes little of indentation.
 */
import { transform } from 'esbuild';
import type { TaggedTemplateExpression, TemplateLiteral } from 'estree';
import type { Node, Program } from 'acorn';
import { simple } from 'acorn-walk';
import MagicString from 'magic-string';
import type { Plugin } from 'rollup';

type Placed<T> = T & { readonly start: number; readonly end: number };

/** `text` between the backquotes of a template. */
const escaped = (text: string) => text.replaceAll(/[\\`]|\$\{/g, '\\$&');

function styleSheetsOf(program: Program): Placed<TemplateLiteral>[] {
  const found: Placed<TemplateLiteral>[] = [];
  simple(program, {
    TaggedTemplateExpression(node: Node) {
      const { tag, quasi } = node as unknown as TaggedTemplateExpression;
      if (tag.type === 'Identifier' && tag.name === 'css') found.push(quasi as Placed<TemplateLiteral>);
    },
  });
  return found;
}

export function smallStyles(): Plugin {
  return {
    name: 'small-styles',
    async transform(code, id) {
      if (id.includes('node_modules') || !code.includes('css`')) return null;
      const text = new MagicString(code);
      for (const { start, end, quasis } of styleSheetsOf(this.parse(code) as Program)) {
        const styles = quasis[0]?.value.cooked;
        // A minifier may move, merge or drop what it cannot read.
        if (quasis.length > 1 || typeof styles !== 'string')
          return this.error(`${id}: the styles of a \`css\` template must be there when we build`);
        const { code: small, warnings } = await transform(styles, { loader: 'css', minify: true, legalComments: 'none' });
        if (warnings[0] !== undefined) this.error(`${id}: ${warnings[0].text} (${warnings[0].location?.lineText.trim() ?? ''})`);
        text.overwrite(start, end, `\`${escaped(small.trimEnd())}\``);
      }
      return text.hasChanged() ? { code: text.toString(), map: text.generateMap({ hires: true }) } : null;
    },
  };
}
