/** What a reader may buy, with prices in cents. */
export class Cart {
  #lines = new Map();

  add(name, cents, count = 1) {
    const line = this.#lines.get(name) ?? { cents, count: 0 };
    line.count += count;
    this.#lines.set(name, line);
  }

  remove(name) {
    this.#lines.delete(name);
  }

  total() {
    let sum = 0;
    for (const { cents } of this.#lines.values()) sum += cents;
    return sum;
  }
}
