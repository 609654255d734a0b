/** The frame's part of `wires/mail-wire.ts`. */
import type { MailAnswer, MailDelivery, MailRequest } from '../wires/mail-wire.ts';

interface Box {
  readonly name: string;
  readonly row: string[];
  /** Made before they are needed: in Chromium a letter's 62 take 15 ms. */
  readonly fresh: string[];
  readonly waiting: string[];
  /** The address of what has not been read. */
  letter?: string | undefined;
}

export interface MailOffice<Worker extends object> {
  /** A worker has said something, which may be anything. */
  heard(worker: Worker, said: unknown): void;
  /** It has ended. */
  gone(worker: Worker): void;
}

/** What is sent to the frames as text: it refers to nothing outside. */
export function mailOffice<Worker extends object, Script>(
  row: { readonly size: number; readonly placesOf: (address: string) => number[]; readonly property: string },
  scriptOf: (text: string) => Script,
  make: (script: Script) => string,
  revoke: (address: string) => void,
  answer: (worker: Worker, answer: MailAnswer) => void,
): MailOffice<Worker> {
  const boxes = new Map<Worker, Box>();
  // Of an empty script Chromium says that it is not there. Many addresses of one script are made and loaded in half the time.
  const blank = scriptOf('0');
  const fill = (list: string[]) => {
    while (list.length < row.size) list.push(make(blank));
    return list;
  };
  const deliver = (box: Box) => {
    if (box.letter !== undefined || box.waiting.length === 0) return;
    const delivery: MailDelivery = { texts: box.waiting.splice(0), fresh: fill(box.fresh) };
    box.letter = make(scriptOf(`globalThis[${JSON.stringify(row.property)}]=${JSON.stringify(JSON.stringify(delivery))}`));
    for (const place of row.placesOf(box.letter)) {
      revoke(box.row[place]!);
      box.row[place] = box.fresh.shift()!;
    }
    setTimeout(fill, 0, box.fresh);
  };
  return {
    heard(worker, said) {
      const request = said as MailRequest | undefined;
      const own = boxes.get(worker);
      if (request?.kind === 'letter') {
        for (const box of boxes.values()) {
          if (box.name !== request.box) continue;
          box.waiting.push(String(request.text));
          deliver(box);
        }
      } else if (own === undefined) {
        const first = fill([]);
        boxes.set(worker, { name: first[0]!, row: first, fresh: [], waiting: [] });
        answer(worker, { row: first });
      } else if (request?.kind === 'read' && own.letter !== undefined) {
        revoke(own.letter);
        own.letter = undefined;
        deliver(own);
      }
    },
    gone(worker) {
      const box = boxes.get(worker);
      boxes.delete(worker);
      if (box !== undefined) [...box.row, ...box.fresh, box.letter ?? ''].forEach((address) => revoke(address));
    },
  };
}
