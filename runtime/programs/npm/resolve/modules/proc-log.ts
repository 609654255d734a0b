/** `proc-log` for npm's code: warnings go to the session, everything else nowhere. */
import { currentSession } from '../session.ts';

function ignore(): void {
  // Lines of a log that a page does not keep.
}

export const log = {
  error: ignore,
  notice: ignore,
  info: ignore,
  verbose: ignore,
  http: ignore,
  silly: ignore,
  pause: ignore,
  resume: ignore,
  warn(prefix: string, ...parts: readonly unknown[]): void {
    currentSession()?.warn(prefix, parts);
  },
};

export const time = {
  /** With `act` it runs that, otherwise the result is called at the end. */
  start(_name: string, act?: () => unknown): unknown {
    return act === undefined ? ignore : act();
  },
  end: ignore,
};
