/** The keys of vim. A chunk of its own. */
import type { Extension } from '@codemirror/state';
import { vim } from '@replit/codemirror-vim';

export const vimKeys: Extension = vim({ status: true });
