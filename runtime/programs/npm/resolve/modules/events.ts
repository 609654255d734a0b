/** `node:events` for npm's code: arborist is an emitter, whom nobody listens to. */
export default class EventEmitter {
  on(): this {
    return this;
  }

  emit(): boolean {
    return false;
  }
}
