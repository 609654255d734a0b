/** Messages between threads and within one, and what can be sent in them. */
export { workerClass } from '../bindings/worker-class.ts';
export { messagePorts } from '../wraps/message-ports.ts';
export { shareEnvironment } from '../wraps/shared-environment.ts';
