/** `npm start`: shows the demo pages, and the built files once more on a second origin with CORS, as a CDN would serve them. */
import { fileURLToPath } from 'node:url';
import { serve } from './serve.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const port = Number(process.env['PORT'] ?? 8080);
const page = await serve({ root, port, cors: false });
const cdn = await serve({ root, port: port === 0 ? 0 : port + 1, cors: true });
console.log(`Demo pages:    ${page.origin}/demo/`);
console.log(`Second origin: ${cdn.origin}/dist/bavini.js`);
