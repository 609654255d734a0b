import starlight from '@astrojs/starlight';
import { defineConfig } from 'astro/config';

const base = '/docs';

export default defineConfig({
  base,
  integrations: [
    starlight({
      title: 'Recipe',
      head: [
        { tag: 'link', attrs: { rel: 'stylesheet', href: `${base}/bavini/bavini.css` } },
        { tag: 'script', attrs: { type: 'module', src: `${base}/bavini/bavini.js`, 'data-auto': true } },
      ],
      sidebar: [
        { label: 'Server', link: '/' },
        { label: 'Fences', link: '/fences/' },
      ],
      pagefind: false,
    }),
  ],
});
