import { server } from './server.js';

/** Any client will do: this one is Node's own fetch(). */
async function call(method, path, body) {
  const response = await fetch(`http://localhost:3000${path}`, {
    method,
    headers: body && { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  const result = text && JSON.parse(text);
  console.log(method.padEnd(6), path.padEnd(9), response.status, result);
  return result;
}

await call('GET', '/notes');
const { id } = await call('POST', '/notes', { text: 'Read the code' });
await call('PATCH', `/notes/${id}`, { done: true });
await call('GET', `/notes/${id}`);
await call('DELETE', '/notes/1');
await call('PUT', '/notes', {});
const left = await call('GET', '/notes');
console.log(`${left.length} left`);
server.close();
