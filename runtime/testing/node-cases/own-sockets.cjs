// What a program sends to itself is there at its next poll.
const { get, createServer, Agent } = require('node:http');
const { stat, readFile } = require('node:fs');
const { connect, createServer: listen } = require('node:net');

/** A server that ends takes its connections along, and the agent of this process does not use them again. */
function kept(done) {
  const agent = new Agent({ keepAlive: true });
  let count = 0;
  (function again() {
    const server = createServer((_, response) => response.end('ok'));
    server.listen(port, () => {
      port = server.address().port;
      get({ port, agent }, (response) => {
        response.resume().on('end', () =>
          setImmediate(() => {
            server.closeAllConnections();
            server.close(() =>
              setImmediate(() => {
                console.log('answered', ++count);
                if (count < 20) again();
                else {
                  agent.destroy();
                  done();
                }
              }),
            );
          }),
        );
      }).on('error', (error) => {
        console.log('failed', error.message);
        server.close(done);
      });
    });
  })();
}
let port = 0;

/** Bytes are read before the second of two immediates, and before a file. */
function bytes(done) {
  const order = [];
  const server = listen((socket) => {
    socket.on('data', (data) => order.push(`server ${data}`));
    socket.on('end', () => {
      order.push('server end');
      socket.end();
    });
  });
  server.listen(0, () => {
    const socket = connect(server.address().port, () => {
      readFile(__filename, () => {
        socket.write('one');
        setImmediate(() => {
          order.push('immediate 1');
          setImmediate(() => {
            order.push('immediate 2');
            socket.end('two');
            readFile(__filename, () => order.push('file'));
          });
        });
      });
    });
    socket.resume().on('close', () => {
      console.log(order.join(', '));
      server.close(done);
    });
  });
}
kept(() => bytes(() => {}));
