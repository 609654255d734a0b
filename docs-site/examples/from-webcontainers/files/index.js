import { createServer } from 'node:http';

createServer((request, response) => response.end('Welcome to a WebContainers app')).listen(3111);
