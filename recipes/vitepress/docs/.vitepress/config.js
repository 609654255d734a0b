import { defineConfig } from 'vitepress';

const base = '/docs/';

export default defineConfig({
  base,
  title: 'Recipe',
  head: [
    ['link', { rel: 'icon', href: 'data:,' }],
    ['link', { rel: 'stylesheet', href: `${base}bavini/bavini.css` }],
    ['script', { type: 'module', src: `${base}bavini/bavini.js`, 'data-auto': '' }],
  ],
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith('bv-') } } },
  themeConfig: {
    sidebar: [
      { text: 'Server', link: '/' },
      { text: 'Fences', link: '/fences' },
    ],
  },
});
