/** `npm ping`: whether the registry answers. */
import { openPackages } from '../packages.ts';
import type { Command } from './command.ts';

export const ping: Command = {
  run: async (session) => {
    const { display, config } = session;
    display.log('notice', 'PING', config.text('registry') ?? '');
    const { client } = await openPackages(session);
    const started = performance.now();
    const details = await client.json('-/ping', { signal: session.signal });
    const ms = Math.round(performance.now() - started);
    if (display.json) display.buffer({ registry: config.text('registry'), time: ms, details });
    else {
      display.log('notice', 'PONG', `${ms}ms`);
      if (typeof details === 'object' && details !== null && Object.keys(details).length > 0)
        display.log('notice', 'PONG', JSON.stringify(details, null, 2));
    }
  },
};
