/** `minipass` for npm's code: the class that `ssri` extends for streams that are never made here. */
export class Minipass {
  constructor() {
    throw new Error('Cannot stream while a tree is decided on');
  }
}
