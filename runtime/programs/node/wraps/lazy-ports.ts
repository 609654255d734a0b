/** The message ports of a realm, whose code is a part: few programs send messages. */
import type { NodeRealm } from '../realm.ts';
import type { messagePorts } from './message-ports.ts';
import { perRealm } from './per-realm.ts';

type Ports = ReturnType<typeof messagePorts>;
type CreateObject = (info: string) => unknown;

const states = perRealm((): { ports?: Ports; create?: CreateObject } => ({}));

export function portsOf(realm: NodeRealm): Ports {
  const state = states(realm);
  if (state.ports === undefined) {
    state.ports = realm.library.part('messages').messagePorts(realm);
    if (state.create !== undefined) state.ports.setCreateObject(state.create);
  }
  return state.ports;
}

/** Undefined if nobody has needed any. */
export const portsInUse = (realm: NodeRealm): Ports | undefined => states(realm).ports;

/** How objects of the library that were sent are made again. */
export function setCreateObject(realm: NodeRealm, create: CreateObject): void {
  const state = states(realm);
  state.create = create;
  state.ports?.setCreateObject(create);
}
