import { readFile, writeFile } from 'node:fs/promises';

/** Notes in a JSON file. */
export class Notes {
  #path;

  constructor(path) {
    this.#path = path;
  }

  async all() {
    return JSON.parse(await readFile(this.#path, 'utf8'));
  }

  async add(text) {
    if (typeof text !== 'string' || text.trim() === '') throw new TypeError('A note needs a text');
    const notes = await this.all();
    notes.push({ id: notes.length + 1, text: text.trim() });
    await writeFile(this.#path, JSON.stringify(notes, null, 2));
  }
}
