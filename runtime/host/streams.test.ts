import { assert } from 'chai';
import { textWritable } from './streams.ts';

describe('textWritable()', () => {
  function written(): { readonly bytes: WritableStream<Uint8Array>; readonly pieces: string[]; isClosed: boolean } {
    const pieces: string[] = [];
    const seen = {
      pieces,
      isClosed: false,
      bytes: new WritableStream<Uint8Array>({
        write: (bytes) => void pieces.push(new TextDecoder().decode(bytes)),
        close: () => void (seen.isClosed = true),
      }),
    };
    return seen;
  }

  it('writes each piece as UTF-8, a character in two pieces whole', async () => {
    const seen = written();
    const writer = textWritable(seen.bytes).getWriter();
    for (const piece of ['é', 'a\ud83d', '\ude00b', '\ud83d', 'x']) await writer.write(piece);
    assert.deepEqual(seen.pieces, ['é', 'a', '😀b', '\ufffdx']);
  });

  it('writes half a character that is left, and closes', async () => {
    const seen = written();
    const writer = textWritable(seen.bytes).getWriter();
    await writer.write('\ud83d');
    await writer.close();
    assert.deepEqual([seen.pieces, seen.isClosed], [['\ufffd'], true]);
  });

  it('fails as what it writes to does', async () => {
    const bytes = new WritableStream<Uint8Array>({
      write() {
        throw new RangeError('full');
      },
    });
    const failure = await textWritable(bytes)
      .getWriter()
      .write('a')
      .catch((error: unknown) => error);
    assert.instanceOf(failure, RangeError);
  });
});
