/** `cacache` for npm's code: of a cache only its folders for a moment are needed. */
import { session } from '../session.ts';

export const tmp = {
  async withTmp<T>(_cache: string, _options: object, act: (path: string) => Promise<T>): Promise<T> {
    const { overlay } = session();
    const path = overlay.makeTemporary();
    try {
      return await act(path);
    } finally {
      overlay.remove(path);
    }
  },
};
