/* What is printed is below, without a terminal. */
console.log('An answer:', 6 * 7);

function warn() {
  console.error(new Error('and a place, which opens the editor').stack);
}
warn();
