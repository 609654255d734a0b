const baseUrl = '/docs/';

module.exports = {
  title: 'Recipe',
  url: 'https://example.com',
  baseUrl,
  headTags: [
    { tagName: 'link', attributes: { rel: 'icon', href: 'data:,' } },
    { tagName: 'link', attributes: { rel: 'stylesheet', href: `${baseUrl}bavini/bavini.css` } },
    { tagName: 'script', attributes: { type: 'module', src: `${baseUrl}bavini/bavini.js`, 'data-auto': 'true' } },
  ],
  presets: [['classic', { docs: { routeBasePath: '/' }, blog: false }]],
  themeConfig: { navbar: { title: 'Recipe' } },
};
