/** Parts for who has no second layer to wait for: but for `children`, `domains` and `threads`, which nobody but a worker of the sandbox realm asks for. */
import * as bindings from './bindings.ts';
import * as contexts from './contexts.ts';
import * as http from './http.ts';
import type { NodeParts, OpenPart } from './index.ts';
import * as lexer from './lexer.ts';
import * as messages from './messages.ts';
import * as modules from './modules.ts';
import * as wording from './wording.ts';
import * as zones from './zones.ts';

const parts: Omit<NodeParts, 'children' | 'domains' | 'threads'> = { bindings, contexts, http, lexer, messages, modules, wording, zones };

export const openPart = ((name: keyof typeof parts) => parts[name]) as OpenPart;
