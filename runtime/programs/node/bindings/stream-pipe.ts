import type { MakeBinding } from '../realm.ts';
import { unavailable } from './absent.ts';

/** `internalBinding('stream_pipe')`: only `node:http2` sends files through it. */
export const makeStreamPipe: MakeBinding = () => ({
  StreamPipe: class StreamPipe {
    constructor() {
      throw unavailable('http2', 'the gateway to the network speaks HTTP/1.1');
    }
  },
});
