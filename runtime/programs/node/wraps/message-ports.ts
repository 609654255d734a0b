import type { Realm } from '../boot.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { emitAsyncDestroy, emitAsyncInit } from './async-wrap.ts';
import { Decoder, Encoder, type Encoding } from './clone.ts';
import { perRealm } from './per-realm.ts';
import { followAtomics } from '../sharing/atomics.ts';
import { linksOf, sharingInUse, sharingOf } from '../sharing/sharing.ts';
import { connect, Link, PortCore, type Message } from './port-core.ts';
import { nativeError } from './errors.ts';

/** As in Node: what arrives while a port is being read may wait for the next turn of the loop. */
const minMessagesPerTurn = 1000;

/** What a `MessagePort` object hides. `core` is undefined once it was transferred or closed. */
interface PortState {
  core: PortCore | undefined;
  referenced: boolean;
  counted: boolean;
  receiving: boolean;
  readonly asyncId: number;
  readonly triggerId: number;
}

/** `MessagePort`, `MessageChannel` and `BroadcastChannel` of one process, and the links to other threads. */
function makeMessagePorts(realm: NodeRealm) {
  const { loop } = realm;
  const states = new WeakMap<object, PortState>();
  const errors = () => realm.requireBuiltin('internal/errors').codes;
  let mayConstruct = false;
  let createObject: ((info: string) => unknown) | undefined;

  const stateOf = (port: object) => states.get(port);
  followAtomics(realm);

  function count(state: PortState): void {
    const counts = state.core !== undefined && state.referenced;
    if (counts === state.counted) return;
    state.counted = counts;
    if (counts) loop.ref();
    else loop.unref();
  }

  /** `HandleWrap`'s methods for a class that has `NodeEventTarget` put under it after it is made. */
  class HandleWrap {
    close(): void {
      const state = stateOf(this);
      if (state?.core !== undefined) closePort(this, state);
    }

    hasRef(): boolean | undefined {
      const state = stateOf(this);
      if (state === undefined) throw new TypeError('Illegal invocation');
      return state.core === undefined ? undefined : state.referenced;
    }

    ref(): void {
      setReferenced(this, true);
    }

    unref(): void {
      setReferenced(this, false);
    }

    getAsyncId(): number | undefined {
      return stateOf(this)?.asyncId;
    }
  }

  function setReferenced(port: object, referenced: boolean): void {
    const state = stateOf(port);
    if (state?.core === undefined) return;
    state.referenced = referenced;
    count(state);
  }

  // A function and no class: its prototype chain is replaced, and calling it must not reach a parent constructor.
  function MessagePort(this: object): void {
    if (!mayConstruct) throw nativeError(TypeError, 'ERR_CONSTRUCT_CALL_INVALID', 'Constructor cannot be called');
  }
  MessagePort.prototype = Object.create(HandleWrap.prototype, {
    constructor: { value: MessagePort, writable: true, configurable: true },
    postMessage: { value: postMessage, writable: true, configurable: true, enumerable: true },
    start: { value: start, writable: true, configurable: true, enumerable: true },
    drain: { value: drain, writable: true, configurable: true, enumerable: true },
  });
  Reflect.deleteProperty(MessagePort.prototype as object, 'drain');

  function attach(core: PortCore): object {
    mayConstruct = true;
    let port: object;
    try {
      port = new (MessagePort as Untyped)();
    } finally {
      mayConstruct = false;
    }
    const fields = realm.internalBinding('async_wrap').async_id_fields as Float64Array;
    const state: PortState = {
      core,
      referenced: false,
      counted: false,
      receiving: false,
      asyncId: realm.newAsyncId(),
      triggerId: fields[0] ?? 0,
    };
    states.set(port, state);
    emitAsyncInit(realm, state.asyncId, 'MESSAGEPORT', state.triggerId, port);
    core.onQueued = () => schedule(port, state);
    const init = (port as Untyped)[realm.symbols['oninit'] as symbol];
    if (typeof init === 'function') init.call(port);
    if (core.queue.length > 0) schedule(port, state);
    return port;
  }

  /** Ports with something to read that the current round has not come to yet. */
  const ready = new Map<PortState, object>();
  let reading = false;

  /**
   * As libuv goes round its async handles: in the order in which the ports were made, each read until it is empty, with ticks
   * and microtasks after each message. Closing a port does not take back what had arrived.
   */
  function schedule(port: object, state: PortState): void {
    if (state.core === undefined || !readable(state.core, state)) return;
    ready.set(state, port);
    if (reading) return;
    reading = true;
    let current: { readonly port: object; readonly state: PortState; readonly core: PortCore; left: number } | undefined;
    let last = -1;
    const next = () => {
      for (;;) {
        if (current !== undefined && current.left-- > 0 && readable(current.core, current.state)) {
          const { core, ...at } = current;
          const message = core.queue.shift()!;
          return () => {
            if (message !== 'close') emit(at.port, at.state, message);
            else if (at.state.core === core) closePort(at.port, at.state);
          };
        }
        if (current !== undefined) schedule(current.port, current.state);
        current = undefined;
        let chosen: PortState | undefined;
        for (const each of ready.keys()) if (each.asyncId > last && each.asyncId < (chosen?.asyncId ?? Infinity)) chosen = each;
        if (chosen === undefined) {
          reading = false;
          const waiting = [...ready];
          ready.clear();
          for (const [its, object] of waiting) schedule(object, its);
          return undefined;
        }
        last = chosen.asyncId;
        const { core } = chosen;
        const object = ready.get(chosen)!;
        ready.delete(chosen);
        if (core !== undefined) current = { port: object, state: chosen, core, left: Math.max(core.queue.length, minMessagesPerTurn) };
      }
    };
    // As a handle of libuv that is not referenced, or is closed.
    loop.enqueueEach(next, () => current?.state.counted === true || [...ready.keys()].some(({ counted }) => counted));
  }

  function readable(core: PortCore, state: PortState): boolean {
    const [first] = core.queue;
    return first !== undefined && (state.receiving || first === 'close');
  }

  function closePort(port: object, state: PortState): void {
    const core = detach(state);
    loop.enqueueClose(() => {
      // Only now the other side hears of it, which may come too late for it.
      core?.close();
      const onclose = (port as Untyped)[realm.symbols['handle_onclose'] as symbol];
      if (typeof onclose === 'function') realm.makeCallback(onclose as Function, port, [], state.asyncId, state.triggerId);
      emitAsyncDestroy(realm, state.asyncId);
    });
  }

  function detach(state: PortState): PortCore | undefined {
    const { core } = state;
    state.core = undefined;
    count(state);
    if (core !== undefined) core.onQueued = undefined;
    return core;
  }

  function decode(message: Message): { value: unknown; ports: object[] } {
    const ports = message.ports.map(attach);
    const decoder = new Decoder(realm, {
      ports,
      shared: message.shared === true,
      create: (info) => createObject?.(info),
    });
    return { value: decoder.decode(message.value), ports };
  }

  function emit(port: object, state: PortState, message: Message): void {
    let value: unknown;
    let ports: object[] = [];
    let type = 'message';
    try {
      ({ value, ports } = decode(message));
    } catch (error) {
      value = error;
      type = 'messageerror';
    }
    // The library's own, so that stacks show it.
    const { emitMessage } = (realm as Realm).builtins.perContext.get('internal/per_context/messageport');
    realm.makeCallback(emitMessage, port, [value, ports, type], state.asyncId, state.triggerId);
  }

  /** `postMessage(value, list | {transfer})`: the list, checked as Node does it. */
  function transferList(argument: Untyped): unknown[] {
    if (argument === undefined || argument === null) return [];
    const invalid = (what: string) => nativeError(TypeError, 'ERR_INVALID_ARG_TYPE', `Optional ${what} argument must be an iterable`);
    if (typeof argument !== 'object' && typeof argument !== 'function') throw invalid('transferList');
    const listed = iterated(argument);
    if (listed !== undefined) return listed;
    const transfer = argument.transfer;
    if (transfer === undefined) return [];
    const given = iterated(transfer);
    if (given === undefined) throw invalid('options.transfer');
    return given;
  }

  /** Undefined for what is no iterable. */
  function iterated(value: Untyped): unknown[] | undefined {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
    const method: unknown = value[Symbol.iterator];
    if (typeof method !== 'function') return undefined;
    const iterator = Reflect.apply(method, value, []) as Untyped;
    if ((typeof iterator !== 'object' && typeof iterator !== 'function') || iterator === null) return undefined;
    const next: unknown = iterator.next;
    if (typeof next !== 'function') return undefined;
    const all: unknown[] = [];
    for (;;) {
      const result = Reflect.apply(next, iterator, []) as { done?: unknown; value: unknown };
      if (result.done) return all;
      all.push(result.value);
    }
  }

  function encode(value: unknown, transfer: readonly unknown[], source?: PortCore): Message {
    const taken: PortState[] = [];
    const encoder = new Encoder<PortState>(realm, {
      transfer,
      portOf: stateOf,
      isAttached: (state) => state.core !== undefined,
      local: source?.partner === undefined || source.partner instanceof PortCore || source.partner.local === true,
      sourcePort:
        source === undefined
          ? undefined
          : [...transfer]
              .map((each) => (typeof each === 'object' && each !== null ? stateOf(each) : undefined))
              .find((state) => state?.core === source),
    });
    const encoding: Encoding<PortState> = encoder.encode(value);
    const ports = encoding.ports.map((state) => {
      taken.push(state);
      return state.core as PortCore;
    });
    for (const state of taken) {
      detach(state);
      emitAsyncDestroy(realm, state.asyncId);
    }
    return { value: encoding.value, ports, ...(encoding.memory.length === 0 ? {} : { memory: encoding.memory }) };
  }

  function postMessage(this: object, ...args: unknown[]): unknown {
    if (args.length === 0) throw new (errors().ERR_MISSING_ARGS)();
    const state = stateOf(this);
    if (state === undefined) throw new TypeError('Illegal invocation');
    const transfer = transferList(args[1]);
    const message = encode(args[0], transfer, state.core);
    if (state.core === undefined) return undefined;
    const { partner } = state.core;
    // A port that is posted through itself's partner takes both with it.
    if (partner instanceof PortCore && message.ports.includes(partner)) {
      realm.process.emitWarning('The target port was posted to itself, and the communication channel was lost');
      closePort(this, state);
      return true;
    }
    state.core.post(message);
    return true;
  }

  function start(this: object): void {
    const state = stateOf(this);
    if (state?.core === undefined) return;
    state.receiving = true;
    schedule(this, state);
  }

  function drain(port: object): void {
    const state = stateOf(port);
    while (state?.core !== undefined) {
      const next = state.core.queue.shift();
      if (next === undefined) return;
      if (next === 'close') closePort(port, state);
      else emit(port, state, next);
    }
  }

  function MessageChannel(this: Untyped): void {
    if (new.target === undefined) throw nativeError(TypeError, 'ERR_CONSTRUCT_CALL_REQUIRED', 'Cannot call constructor without `new`');
    const a = new PortCore();
    const b = new PortCore();
    connect(a, b);
    this.port1 = attach(a);
    this.port2 = attach(b);
  }

  // Broadcast channels: every other port of the same name, in all threads.
  const groups = new Map<string, Set<PortCore>>();
  const links = linksOf(realm);

  function broadcast(name: string, message: Message, from: { readonly core?: PortCore; readonly link?: Link }): void {
    for (const core of groups.get(name) ?? []) if (core !== from.core) core.deliver({ ...message, shared: true });
    for (const link of links) if (link !== from.link) link.broadcast(name, message);
  }

  function broadcastChannel(name: string): object {
    const core = new PortCore();
    let group = groups.get(name);
    if (group === undefined) groups.set(name, (group = new Set()));
    const members = group;
    members.add(core);
    core.partner = {
      partner: core,
      local: true,
      deliver: (message) => broadcast(name, message, { core }),
      partnerClosed() {
        members.delete(core);
      },
    };
    return attach(core);
  }

  function changedDirectory(): void {
    for (const link of links) if (link.side === 'parent') link.sendDirectory(realm.syscalls.files.cwd());
  }

  return {
    MessagePort,
    MessageChannel,
    /** The process is in another directory: its threads follow. */
    changedDirectory,
    attach,
    broadcastChannel,
    drain,
    stop(port: object): void {
      const state = stateOf(port);
      if (state !== undefined) state.receiving = false;
    },
    /** The next message that has arrived, or the symbol that says there is none. */
    receive(port: unknown): unknown {
      const state = typeof port === 'object' && port !== null ? stateOf(port) : undefined;
      if (state === undefined) throw noPort();
      const none = realm.symbols['no_message_symbol'];
      const next = state.core?.queue[0];
      if (next === undefined || next === 'close') return none;
      state.core?.queue.shift();
      return decode(next).value;
    },
    /** The port itself, for contexts share one realm here. */
    moveToContext(port: unknown): unknown {
      const state = typeof port === 'object' && port !== null ? stateOf(port) : undefined;
      if (state === undefined) throw noPort();
      if (state.core === undefined) throw nativeError(Error, 'ERR_CLOSED_MESSAGE_PORT', 'Cannot send data on closed MessagePort');
      return port;
    },
    isPort: (value: unknown) => typeof value === 'object' && value !== null && stateOf(value)?.core !== undefined,
    clone(value: unknown, transfer: readonly unknown[]): unknown {
      return decode(encode(value, transfer)).value;
    },
    setCreateObject(create: (info: string) => unknown): void {
      createObject = create;
    },
    /** A link to another thread; broadcasts pass through it until it is closed. */
    openLink(side: 'parent' | 'thread'): Link {
      const link: Link = new Link(side, {
        broadcast: (name, message) => broadcast(name, message, { link }),
        sharing: () => sharingOf(realm),
        directory: (path) => {
          realm.syscalls.files.chdir(path);
          // `process.cwd()` of a thread asks again when this counter has changed.
          const counter = realm.requireBuiltin('internal/worker/io').sharedCwdCounter as Uint32Array | undefined;
          if (counter !== undefined) counter[0]!++;
          changedDirectory();
        },
      });
      links.add(link);
      return link;
    },
    /** The thread that `link` leads to has ended: what it had the turn for goes on without it, and so comes to `closeLink()`. */
    threadEnded: (link: Link, thread: number) => sharingInUse(realm)?.closed(link, thread),
    closeLink(link: Link): void {
      links.delete(link);
      link.close();
    },
  };
}

const noPort = () => nativeError(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "port" argument must be a MessagePort instance');

export const messagePorts = perRealm(makeMessagePorts);
