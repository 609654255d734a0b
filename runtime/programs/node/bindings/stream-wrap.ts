import type { MakeBinding } from '../realm.ts';
import { kArrayBufferOffset, kBytesWritten, kLastWriteWasAsync, kReadBytesOrError, streamBase } from '../wraps/stream-base.ts';
import { streamWraps } from '../wraps/stream-wrap.ts';

/** `internalBinding('stream_wrap')`. */
export const makeStreamWrapBinding: MakeBinding = (realm) => {
  const { state, WriteWrap, ShutdownWrap } = streamBase(realm);
  return {
    LibuvStreamWrap: streamWraps(realm).LibuvStreamWrap,
    WriteWrap,
    ShutdownWrap,
    kReadBytesOrError,
    kArrayBufferOffset,
    kBytesWritten,
    kLastWriteWasAsync,
    streamBaseState: state,
  };
};
