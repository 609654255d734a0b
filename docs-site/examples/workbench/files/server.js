import { createServer } from 'node:http';
import { page } from './src/page.js';

let visits = 0;

createServer((request, response) => {
  visits += 1;
  response.setHeader('content-type', 'text/html');
  response.end(page(visits));
}).listen(3000, () => console.log('Listening on port 3000'));
