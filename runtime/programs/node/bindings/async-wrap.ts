import type { Realm } from '../boot.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { PromiseHooks } from '../promise-hooks.ts';
import { asyncFields, asyncIdFields } from '../async-contexts.ts';

const providers =
  'NONE DIRHANDLE DNSCHANNEL ELDHISTOGRAM FILEHANDLE FILEHANDLECLOSEREQ BLOBREADER FSEVENTWRAP FSREQCALLBACK FSREQPROMISE GETADDRINFOREQWRAP GETNAMEINFOREQWRAP HEAPSNAPSHOT HTTP2SESSION HTTP2STREAM HTTP2PING HTTP2SETTINGS HTTPINCOMINGMESSAGE HTTPCLIENTREQUEST LOCKS JSSTREAM JSUDPWRAP MESSAGEPORT PIPECONNECTWRAP PIPESERVERWRAP PIPEWRAP PROCESSWRAP PROMISE QUERYWRAP QUIC_ENDPOINT QUIC_LOGSTREAM QUIC_SESSION QUIC_STREAM QUIC_UDP SHUTDOWNWRAP SIGNALWRAP STATWATCHER STREAMPIPE TCPCONNECTWRAP TCPSERVERWRAP TCPWRAP TTYWRAP UDPSENDWRAP UDPWRAP SIGINTWATCHDOG WORKER WORKERCPUPROFILE WORKERCPUUSAGE WORKERHEAPPROFILE WORKERHEAPSNAPSHOT WORKERHEAPSTATISTICS WRITEWRAP ZLIB CHECKPRIMEREQUEST PBKDF2REQUEST KEYPAIRGENREQUEST KEYGENREQUEST KEYEXPORTREQUEST ARGON2REQUEST CIPHERREQUEST DERIVEBITSREQUEST HASHREQUEST RANDOMBYTESREQUEST RANDOMPRIMEREQUEST SCRYPTREQUEST SIGNREQUEST TLSWRAP VERIFYREQUEST';

/**
 * `internalBinding('async_wrap')`. Promise hooks are told of what JavaScript can see (`PromiseHooks`). Destroy hooks of collected objects run through `FinalizationRegistry`.
 */
export function makeAsyncWrap(given: NodeRealm): Untyped {
  const realm = given as Realm;
  const { contexts, loop } = realm;
  const destroyed: number[] = [];
  const queueDestroy = (asyncId: number) => {
    if (contexts.fields[asyncFields.kDestroy] === 0) return;
    if (destroyed.length === 0) {
      loop.enqueueSoon(() => {
        for (const id of destroyed.splice(0)) contexts.hooks?.destroy(id);
      });
    }
    destroyed.push(asyncId);
  };
  contexts.queueDestroy = queueDestroy;
  const registry =
    typeof FinalizationRegistry === 'function'
      ? new FinalizationRegistry<{ readonly asyncId: number; readonly state: { destroyed?: boolean } | undefined }>(
          ({ asyncId, state }) => {
            if (state?.destroyed !== true) queueDestroy(asyncId);
          },
        )
      : undefined;
  const promiseHooks = new PromiseHooks(realm);
  const providerTable: Record<string, number> = {};
  providers.split(' ').forEach((name, index) => (providerTable[name] = index));
  return {
    setupHooks(hooks: Untyped) {
      contexts.hooks = hooks;
    },
    setCallbackTrampoline(trampoline: Function | undefined) {
      contexts.trampoline = typeof trampoline === 'function' ? trampoline : undefined;
    },
    pushAsyncContext: (asyncId: number, triggerId: number, resource: unknown) => contexts.push(asyncId, triggerId, resource),
    popAsyncContext: (asyncId: number) => contexts.pop(asyncId),
    executionAsyncResource: (index: number) => contexts.resources[index],
    clearAsyncIdStack: () => contexts.clear(),
    queueDestroyAsyncId: queueDestroy,
    setPromiseHooks: (...hooks: unknown[]) => promiseHooks.set(hooks),
    getPromiseHooks: () => promiseHooks.get(),
    registerDestroyHook(object: object, asyncId: number, state?: { destroyed?: boolean }) {
      registry?.register(object, { asyncId, state });
    },
    async_hook_fields: contexts.fields,
    async_id_fields: contexts.ids,
    // Asked for at each use: a deep stack has another array.
    get async_ids_stack() {
      return contexts.stack;
    },
    execution_async_resources: contexts.resources,
    constants: { ...asyncFields, ...asyncIdFields },
    Providers: providerTable,
  };
}
