import type { Untyped } from '../realm.ts';
import { unavailable } from './absent.ts';

/** `internalBinding('trace_events')`: no category is ever enabled. */
export function makeTraceEvents(): Untyped {
  return {
    getEnabledCategories: () => undefined,
    setTraceCategoryStateUpdateHandler: () => {},
    getCategoryEnabledBuffer: () => new Uint8Array(1),
    isTraceCategoryEnabled: () => false,
    trace: () => {},
    available: false,
    CategorySet: class CategorySet {
      constructor() {
        throw unavailable('trace_events', 'a browser gives a program no trace of its engine');
      }
    },
  };
}
