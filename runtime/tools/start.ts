/**
 * `npm start`: shows the demo pages, and the built files once more on a second origin with CORS, as a CDN would serve them. At the first
 * start, packages of `demo/npm.html` are fetched meanwhile; without a network the other pages work.
 */
import { fileURLToPath } from 'node:url';
import { ensureDemoPackages } from './demo-packages.ts';
import { serve } from './serve.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const port = Number(process.env['PORT'] ?? 8080);
const page = await serve({ root, port, cors: false });
const cdn = await serve({ root, port: port === 0 ? 0 : port + 1, cors: true });
console.log(`Demo pages:    ${page.origin}/demo/`);
console.log(`Second origin: ${cdn.origin}/dist/bavini.js`);
ensureDemoPackages(() => console.log('Fetching the packages of demo/npm.html, once')).then(
  () => console.log('All pages are ready'),
  (error: unknown) => {
    console.error(`demo/npm.html has no packages, the other pages work. Start again with a network.\n${String(error)}`);
  },
);
