import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

let nextId = 3;
const notes = new Map([
  [1, { id: 1, text: 'Press Run', done: true }],
  [2, { id: 2, text: 'Change this list', done: false }],
]);

const methods = {
  async GET(id) {
    if (id === undefined) return [200, [...notes.values()]];
    return notes.has(id) ? [200, notes.get(id)] : [404, { error: `There is no note ${id}` }];
  },
  async POST(id, body) {
    if (typeof body?.text !== 'string') return [422, { error: 'A note needs a text' }];
    const note = { id: nextId++, text: body.text, done: false };
    notes.set(note.id, note);
    return [201, note];
  },
  async PATCH(id, body) {
    if (!notes.has(id)) return [404, { error: `There is no note ${id}` }];
    Object.assign(notes.get(id), body, { id });
    return [200, notes.get(id)];
  },
  async DELETE(id) {
    return notes.delete(id) ? [204] : [404, { error: `There is no note ${id}` }];
  },
};

export const server = createServer(async (request, response) => {
  const id = /^\/notes\/(\d+)$/.exec(request.url)?.[1];
  const method = methods[request.method];
  const body = request.headers['content-type'] === 'application/json' ? await json(request) : undefined;
  const [status, result] = method ? await method(id && Number(id), body) : [405, { error: `${request.method} is not allowed here` }];
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(result && JSON.stringify(result));
}).listen(3000);

server.on('close', () => console.log('The server is closed'));
