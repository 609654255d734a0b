/** One install at a time in a container: all its package managers run in one worker. */
import type { Session } from '../session.ts';

/** Says to what an install starts, its scripts, that it already has its turn. */
export const turnVariable = 'npm_config_bavini_turn';

/** Runs that have their turn: what they do inside of it does not wait again. */
const holders = new WeakSet<Session>();
let last: Promise<void> = Promise.resolve();
let current = 0;
let counter = 0;

/** The turn of a run, which its scripts get in their environment; 0 where it has none. */
export function turnOf(session: Session): number {
  return holders.has(session) ? current : 0;
}

/**
 * Waits until no other install of the container is under way. Whoever reads the project to decide on its tree does so in its turn. An install that a script of an install starts goes first: it would
 * wait for ever.
 *
 * @throws the reason of the run's signal, where it ends before.
 */
export async function takeTurn<T>(session: Session, run: () => Promise<T>): Promise<T> {
  if (holders.has(session)) return run();
  if (current !== 0 && session.context.env.get(turnVariable) === String(current)) return run();
  const before = last;
  let done = () => {};
  const turn = new Promise<void>((resolve) => (done = resolve));
  last = before.then(() => turn);
  const { signal } = session;
  try {
    await new Promise<void>((resolve, reject) => {
      const abandon = () => {
        reject(signal.reason instanceof Error ? signal.reason : new Error('The program has ended'));
      };
      if (signal.aborted) abandon();
      signal.addEventListener('abort', abandon, { once: true });
      void before.then(() => {
        signal.removeEventListener('abort', abandon);
        resolve();
      });
    });
    current = ++counter;
    holders.add(session);
    try {
      return await run();
    } finally {
      holders.delete(session);
      current = 0;
    }
  } finally {
    done();
  }
}
