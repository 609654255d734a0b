/**
 * Scripts of ours that few programs need, or none at first. In a worker of the sandbox realm each is part of the second layer of Node's
 * library and is evaluated when it is first asked for (`layer-library.ts`); it shares the modules of `process-node.js`
 * (`runtime/tools/build/node-parts.ts`). Elsewhere they are modules like any other.
 */
import type * as bindings from './bindings.ts';
import type * as children from './children.ts';
import type * as contexts from './contexts.ts';
import type * as domains from './domains.ts';
import type * as http from './http.ts';
import type * as lexer from './lexer.ts';
import type * as messages from './messages.ts';
import type * as modules from './modules.ts';
import type * as threads from './threads.ts';
import type * as wording from './wording.ts';
import type * as zones from './zones.ts';

export interface NodeParts {
  readonly bindings: typeof bindings;
  readonly children: typeof children;
  readonly contexts: typeof contexts;
  readonly domains: typeof domains;
  readonly http: typeof http;
  readonly lexer: typeof lexer;
  readonly messages: typeof messages;
  readonly modules: typeof modules;
  readonly threads: typeof threads;
  readonly wording: typeof wording;
  readonly zones: typeof zones;
}

export type PartName = keyof NodeParts;
export type OpenPart = <Name extends PartName>(name: Name) => NodeParts[Name];
