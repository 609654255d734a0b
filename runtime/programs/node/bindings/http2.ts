/**
 * `internalBinding('http2')`: the data that Node's `http2` module gives to whoever imports it (constants, names of errors, default
 * settings). Sessions are refused by name: the gateway to the network speaks HTTP/1.1, and there is no nghttp2.
 */
import { BvError } from '../../../base/errors.ts';
import type { MakeBinding } from '../realm.ts';
import { unavailable } from './absent.ts';

const dataId = 'bavini/http2-data';

/**
 * RFC 9113, section 6.5.2, as nghttp2 and Node have them; in the order of `settingsBuffer` in Node's `internal/http2/util`, and behind
 * them a bit for each that it has.
 */
const defaultSettings = [4096, 1, 65_535, 16_384, 4_294_967_295, 65_535, 0, 0b111_1111];

export const makeHttp2: MakeBinding = (realm) => {
  const source = realm.source(dataId);
  if (source === undefined) throw new BvError('ERR_BV_ASSET', `Cannot load "${dataId}": this build's layers of Node's library lack it`);
  const refuse = (what: string): never => {
    throw unavailable(`http2.${what}`, 'the gateway to the network speaks HTTP/1.1');
  };
  const settingsBuffer = new Uint32Array(29);
  class Http2Session {
    constructor() {
      refuse('Http2Session');
    }
  }
  class Http2Stream {
    constructor() {
      refuse('Http2Stream');
    }
  }
  return {
    ...(realm.platform.evaluate(`(function () { ${source} })()`, `node:internal/${dataId}`) as object),
    sessionState: new Float64Array(9),
    streamState: new Float64Array(6),
    settingsBuffer,
    optionsBuffer: new Uint32Array(14),
    streamStats: new Float64Array(6),
    sessionStats: new Float64Array(9),
    nghttp2ErrorString: (code: number) => `HTTP/2 error ${code}`,
    refreshDefaultSettings: () => settingsBuffer.set(defaultSettings),
    packSettings: () => refuse('getPackedSettings'),
    setCallbackFunctions() {},
    Http2Session,
    Http2Stream,
    refuse,
  };
};
