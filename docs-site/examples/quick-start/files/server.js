import { createServer } from 'node:http';

const server = createServer((request, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(`<!doctype html>
    <title>Hello</title>
    <h1>Hello from Node ${process.version}</h1>
    <p>You asked for <code>${request.url}</code></p>`);
});

server.listen(3000, () => console.log('Listening on http://localhost:3000'));
