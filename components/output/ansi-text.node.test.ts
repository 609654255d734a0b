import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plainText, styledText } from './ansi-text.ts';

const looks = (text: string) => styledText(text).map((piece) => [piece.text, piece.classes, piece.colour ?? piece.background ?? '']);

describe('styledText()', () => {
  it('knows the 16 colours and the decorations by name', () => {
    assert.deepEqual(looks('\x1b[31mred\x1b[0m plain \x1b[1;4;94mblue\x1b[22;24;39mnot'), [
      ['red', 'fg-red', ''],
      [' plain ', '', ''],
      ['blue', 'bold underline fg-bright-blue', ''],
      ['not', '', ''],
    ]);
    assert.deepEqual(looks('\x1b[42mok'), [['ok', 'bg-green', '']]);
  });

  it('knows 256 colours and all others', () => {
    assert.deepEqual(looks('\x1b[38;5;200mp\x1b[38;5;240mq\x1b[48;2;1;2;3mr'), [
      ['p', '', 'rgb(255,0,215)'],
      ['q', '', 'rgb(88,88,88)'],
      ['r', '', 'rgb(88,88,88)'],
    ]);
    assert.deepEqual(looks('\x1b[38:2:1:2:3ma\x1b[0;48;5;9mb\x1b[38;2;4;5;6mc\x1b[38;5;300;1md\x1b[mplain'), [
      ['a', '', 'rgb(1,2,3)'],
      ['b', 'bg-bright-red', ''],
      ['c', 'bg-bright-red', 'rgb(4,5,6)'],
      ['d', 'bold bg-bright-red', ''],
      ['plain', '', ''],
    ]);
  });

  it('leaves out what is no colour: links, titles, cursors, bells', () => {
    const text = '\x1b]8;;http://a/\x07link\x1b]8;;\x1b\\ \x1b]0;title\x07\x1b[2K\x1b[1G\x1b[?25lend\x07\x1bM\x00';
    assert.equal(plainText(text), 'link end');
    assert.equal(
      styledText(text)
        .map((piece) => piece.text)
        .join(''),
      'link end',
    );
  });

  it('makes no markup, and no style but colours', () => {
    const text = '<img src=x onerror=alert(1)> &amp; \x1b[31m<b>\x1b[0m\x1b[38;2;1;2;999999mx\x1b[38;2;a;b;cmy';
    assert.match(plainText(text), /^<img src=x onerror=alert\(1\)> &amp; <b>x/);
    for (const { colour, background } of styledText(text))
      for (const one of [colour, background]) assert.match(one ?? 'rgb(0,0,0)', /^rgb\([\d, ]+\)$/);
  });

  it('is quick with escapes that do not end', () => {
    for (const part of ['\x1b[', '\x1b]', '\x1bP', '\x1b[3', ';', '\x1b[31m']) styledText(`\x1b[${part.repeat(20_000)}`);
  });
});
