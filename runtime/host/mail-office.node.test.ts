import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Mail } from '../process/platform.ts';
import { waitForMail } from '../programs/node/sharing/mailboxes.ts';
import { mailPlaces, mailProperty, mailRowLength, type MailAnswer } from '../wires/mail-wire.ts';
import { mailOffice } from './mail-office.ts';

const clock = { now: () => 0, sleep: () => undefined };

/** An office, and workers that block in this thread. */
function open() {
  const scripts = new Map<string, string>();
  const make = (script: string) => {
    const address = `blob:null/${crypto.randomUUID()}`;
    scripts.set(address, script);
    return address;
  };
  const revoke = (address: string) => void scripts.delete(address);
  const addresses = {
    make,
    revoke,
    load(address: string) {
      const script = scripts.get(address);
      if (script !== undefined) (0, eval)(script);
      return script !== undefined;
    },
  };
  const office = mailOffice<Mail, string>(
    { size: mailRowLength, placesOf: mailPlaces, property: mailProperty },
    (text) => text,
    make,
    revoke,
    (worker, { row }: MailAnswer) => (worker.row = [...row]),
  );
  const worker = (): Mail => {
    const mail: Mail = { row: undefined, tell: (request) => office.heard(mail, request) };
    mail.tell({ kind: 'rent' });
    return mail;
  };
  return { scripts, office, worker, look: (mail: Mail) => waitForMail(addresses, mail, 0, clock) };
}

describe('mailOffice()', () => {
  it('brings letters one after the other, all that have come at a time', () => {
    const { worker, look } = open();
    const [reader, other] = [worker(), worker()];
    const box = reader.row![0]!;
    assert.equal(look(reader), undefined);
    for (const text of ['one', 'two\u2028"', 'x'.repeat(300_000)]) other.tell({ kind: 'letter', box, text });
    assert.deepEqual(look(reader), ['one']);
    assert.deepEqual(look(reader), ['two\u2028"', 'x'.repeat(300_000)]);
    assert.equal(look(reader), undefined);
    for (let number = 0; number < 100; number++) {
      other.tell({ kind: 'letter', box, text: String(number) });
      assert.deepEqual(look(reader), [String(number)]);
    }
    assert.equal(look(other), undefined);
  });

  it('keeps nothing of a worker that has ended', async () => {
    const { scripts, office, worker, look } = open();
    const [reader, other] = [worker(), worker()];
    const box = reader.row![0]!;
    for (const text of ['one', 'two']) other.tell({ kind: 'letter', box, text });
    await new Promise((resolve) => setTimeout(resolve, 1));
    office.gone(reader);
    office.gone(reader);
    other.tell({ kind: 'letter', box, text: 'three' });
    assert.equal(look(reader), 'gone');
    office.gone(other);
    assert.equal(scripts.size, 0);
  });

  it('answers nothing to what is no request', () => {
    const { office, worker, look } = open();
    const reader = worker();
    for (const said of [undefined, null, 1, 'rent', {}, { kind: 'read' }, { kind: 'letter' }, { kind: 'letter', box: {} }])
      office.heard(reader, said);
    assert.equal(look(reader), undefined);
  });
});
