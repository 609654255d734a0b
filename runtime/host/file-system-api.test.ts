import { assert } from 'chai';
import { decodeText, encodeText } from './file-system-api.ts';

describe('decodeText() and encodeText()', () => {
  // What `Buffer.from(text, encoding)` of Node holds, as hex.
  const rows: readonly (readonly [string, string, string])[] = [
    ['utf8', 'aé€😀', '61c3a9e282acf09f9880'],
    ['utf-8', '\ufeffx', 'efbbbf78'],
    ['utf16le', 'aé', '6100e900'],
    ['ucs2', '😀', '3dd800de'],
    ['latin1', 'é', 'e9'],
    ['ascii', 'az', '617a'],
    ['base64', 'AAEC/w==', '000102ff'],
    ['base64url', 'AAEC_w', '000102ff'],
    ['hex', '00ff10', '00ff10'],
  ];
  for (const [encoding, text, hex] of rows) {
    it(`agree with Node on ${encoding}`, () => {
      assert.equal(decodeText(encodeText(text, encoding), 'hex'), hex);
      assert.equal(decodeText(encodeText(hex, 'hex'), encoding), text);
    });
  }

  it('refuse an encoding that Node does not know', () => {
    assert.throws(() => decodeText(new Uint8Array(), 'klingon'), TypeError, 'Unknown encoding: klingon');
    assert.throws(() => encodeText('', 'klingon'), TypeError);
  });
});
