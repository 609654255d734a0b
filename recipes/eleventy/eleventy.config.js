import { HtmlBasePlugin } from '@11ty/eleventy';
import syntaxHighlight from '@11ty/eleventy-plugin-syntaxhighlight';

export default function (config) {
  config.addPlugin(HtmlBasePlugin);
  config.addPlugin(syntaxHighlight);
  // The package's own files, as they are.
  config.addPassthroughCopy({ 'node_modules/bavini/dist': 'bavini' });
  config.addPassthroughCopy('content/*.css');

  return { dir: { input: 'content', includes: '_includes' }, pathPrefix: '/docs/', markdownTemplateEngine: false };
}
