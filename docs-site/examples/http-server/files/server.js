import { createServer } from 'node:http';

const planets = new Map([
  ['earth', { name: 'Earth', moons: 1 }],
  ['mars', { name: 'Mars', moons: 2 }],
  ['jupiter', { name: 'Jupiter', moons: 97 }],
]);

/** Each route: a method, a pattern, and what to answer. */
const routes = [
  ['GET', /^\/$/, () => list()],
  ['GET', /^\/planets\/(\w+)$/, (name) => planet(name)],
];

function list() {
  const links = [...planets].map(([id, { name }]) => `<li><a href="/planets/${id}">${name}</a></li>`);
  return { status: 200, title: 'Planets', body: `<ul>${links.join('')}</ul>` };
}

function planet(id) {
  const found = planets.get(id);
  if (!found) return { status: 404, title: 'No such planet', body: '<p>Try another one.</p>' };
  const moons = found.moons === 1 ? '1 moon' : `${found.moons} moons`;
  return { status: 200, title: found.name, body: `<p>${found.name} has ${moons}.</p>` };
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const [, , answer] = routes.find(([method, pattern]) => method === request.method && pattern.test(pathname)) ?? [];
  const [, ...groups] = routes.map(([, pattern]) => pattern.exec(pathname)).find(Boolean) ?? [];
  const { status, title, body } = answer?.(...groups) ?? { status: 404, title: 'Not found', body: '' };

  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' });
  response.end(`<!doctype html><title>${title}</title><h1>${title}</h1>${body}<p><a href="/">All planets</a></p>`);
  console.log(request.method, pathname, status);
});

server.listen(3000, () => console.log('Listening on http://localhost:3000'));
