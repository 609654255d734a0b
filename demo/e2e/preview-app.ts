/** A server that shows in its documents' consoles how much of the web platform a preview carries. For tests. */

const document = (title: string, body: string) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><link rel="stylesheet" href="/css/main.css"></head><body>${body}</body></html>`;

const page = document(
  'Home',
  `<p id="styled">styled</p><img id="picture" src="picture.svg" alt="">
  <form action="/form" method="post"><input name="name" value="Ada"><button id="send">Send</button></form>
  <a id="link" href="/two">Two</a>
  <script type="module" src="main.js"></script>`,
);

const main = `
  import { word } from './lib/word.js';
  const { later } = await import('./lib/later.js');
  const log = (name, value) => console.log(name, value);
  log('modules', word + later);
  const style = getComputedStyle(document.getElementById('styled'));
  log('css', style.color + ' ' + style.backgroundColor);
  const picture = document.getElementById('picture');
  await picture.decode();
  log('image', picture.naturalWidth);
  log('fetch', await (await fetch('/echo', { method: 'POST', body: 'body' })).text());
  log('redirected', await (await fetch('/moved')).text());
  const xhr = new XMLHttpRequest();
  xhr.open('PUT', '/echo');
  xhr.onload = () => log('xhr', xhr.responseText);
  xhr.send('sent');
  const events = new EventSource('/events');
  const seen = [];
  events.onmessage = ({ data }) => { if (seen.push(data) === 3) { events.close(); log('events', seen.join()); } };
  const socket = new WebSocket('ws://' + location.host + '/socket');
  socket.onopen = () => socket.send('hello');
  socket.onmessage = ({ data }) => { log('socket', data); socket.close(1000); };
  socket.onclose = ({ code }) => log('closed', code);
`;

/** The source of `server.mjs`. */
export const serverSource = `
import { createServer } from 'node:http';
import { createHash } from 'node:crypto';
const page = ${JSON.stringify(page)};
const files = {
  '/css/main.css': ['text/css', '@import "more.css"; p { color: rgb(1, 2, 3) }'],
  '/css/more.css': ['text/css', 'p { background-color: rgb(4, 5, 6) }'],
  '/main.js': ['text/javascript', ${JSON.stringify(main)}],
  '/lib/word.js': ['text/javascript', 'import { half } from "../half.js"; export const word = half + "ule";'],
  '/half.js': ['text/javascript', 'export const half = "mod";'],
  '/lib/later.js': ['text/javascript', 'export const later = "s later";'],
  '/picture.svg': ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="37" height="11"></svg>'],
};
let visits = 0;
const show = (response, title, body) => response.setHeader('content-type', 'text/html; charset=utf-8').end('<!doctype html><title>' + title + '</title>' + body);
const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://localhost');
  let body = '';
  for await (const chunk of request) body += chunk;
  const file = files[url.pathname];
  if (file !== undefined) return response.setHeader('content-type', file[0]).end(file[1]);
  switch (url.pathname) {
    case '/': return response.setHeader('set-cookie', ['visitor=7; HttpOnly', 'lang=en; Path=/']).setHeader('content-type', 'text/html').end(page);
    case '/echo': return response.end([request.method, body, request.headers.cookie].join(' '));
    case '/moved': return response.writeHead(302, { location: '/echo' }).end();
    case '/form': return response.writeHead(303, { location: '/thanks?' + body, 'set-cookie': 'sent=1' }).end();
    case '/thanks': return show(response, 'Thanks', '<h1>' + url.searchParams.get('name') + ' ' + request.headers.cookie + '</h1><a id="link" href="/two">Two</a>');
    case '/two': return show(response, 'Two', '<h1>Visit ' + ++visits + '</h1><a id="three" href="three">Three</a>');
    case '/three': return show(response, 'Three', '<h1>Three</h1><a id="four" href="/four">Four</a>');
    case '/four': return show(response, 'Four', '<h1>Four</h1>');
    case '/events':
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const word of ['one', 'two', 'three']) response.write('data: ' + word + '\\n\\n');
      return;
  }
  response.writeHead(404).end('nothing here');
});
server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
  socket.on('data', (frame) => {
    const length = frame[1] & 127;
    if ((frame[0] & 15) === 8) return socket.end(Buffer.from([0x88, 2, 0x03, 0xe8]));
    const text = Buffer.from(frame.subarray(6, 6 + length).map((byte, at) => byte ^ frame[2 + (at & 3)]));
    socket.write(Buffer.concat([Buffer.from([0x81, length]), text]));
  });
});
server.listen(3000, () => console.log('Listening'));
`;

/** What the console of `/` says when all works. */
export const expectedLogs: Readonly<Record<string, string | number>> = {
  modules: 'modules later',
  css: 'rgb(1, 2, 3) rgb(4, 5, 6)',
  image: 37,
  fetch: 'POST body visitor=7; lang=en',
  redirected: 'GET  visitor=7; lang=en',
  xhr: 'PUT sent visitor=7; lang=en',
  events: 'one,two,three',
  socket: 'hello',
  closed: 1000,
};
