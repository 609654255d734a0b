import { createServer } from 'node:http';

const server = createServer((request, response) => {
  response.setHeader('content-type', 'text/html');
  response.end('<h1>Hello from Vite and React</h1>');
});
server.listen(3000, () => console.log('Listening on port 3000'));
