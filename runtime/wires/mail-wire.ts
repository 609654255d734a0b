/**
 * Between workers of a realm and its frame, which brings letters to a worker that blocks: the frame never does, and only who has made an
 * address can revoke it. A mailbox is a row of addresses of scripts: revoking some of them spells the UUID of the letter's own
 * address, and revoking the first says that it is there.
 */

/** What a worker tells the frame. */
export type MailRequest =
  /** Asks for a mailbox, once. */
  | { readonly kind: 'rent' }
  /** For the worker with that mailbox. */
  | { readonly kind: 'letter'; readonly box: string; readonly text: string }
  /** The last letter has been read: the next one may come. */
  | { readonly kind: 'read' };

/** What it answers to `rent`: the mailbox's name is its first address. */
export interface MailAnswer {
  readonly row: readonly string[];
}

/** In a letter. */
export interface MailDelivery {
  readonly texts: readonly string[];
  /** What takes the places of the revoked addresses, in the order of {@link mailPlaces}; the rest is not used yet. */
  readonly fresh: readonly string[];
}

/** Of the global object, where a letter's script leaves its text for a moment. */
export const mailProperty = 'bavini mail';

/** Of a row: one for each bit of a UUID, and one more. */
export const mailRowLength = 129;

/**
 * The places of a row that tell an address, which ends with a UUID; the one that tells that it is told is the last.
 * Refers to nothing outside: the frame gets it as text.
 */
export function mailPlaces(address: string): number[] {
  const places: number[] = [];
  let place = 0;
  for (const digit of address.slice(-36).replaceAll('-', ''))
    for (let bit = 8; bit > 0; bit >>= 1) {
      place++;
      if (parseInt(digit, 16) & bit) places.push(place);
    }
  return [...places, 0];
}
