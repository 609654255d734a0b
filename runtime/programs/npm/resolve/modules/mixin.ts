/** A part of arborist that has no place in a page: running scripts, layouts with links into a store. */
export default function mixin<T>(base: T): T {
  return base;
}
