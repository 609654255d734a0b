import type { Container } from './container.ts';
import { limitTable } from './limits.ts';

/**
 * Which containers may keep workers that run nothing: those that were used last. Others give theirs up, and get new ones when they are
 * used again. Only what runs nothing goes, so that no program notices.
 */
export class IdleContainers {
  /** Those that may have workers, the one that was used last at the end. */
  readonly #used = new Set<Container>();

  /** The container asked for a worker, got one, or a process of it ended. */
  used(container: Container): void {
    this.#used.delete(container);
    this.#used.add(container);
    const idle = [...this.#used].filter(({ workers }) => workers.idle).reverse();
    for (const { workers } of idle.slice(limitTable.idleShared.value)) workers.rest('shared');
    for (const one of idle.slice(limitTable.idleContainers.value)) {
      this.#used.delete(one);
      one.workers.rest();
    }
  }

  /** It was torn down. */
  forget(container: Container): void {
    this.#used.delete(container);
  }
}
