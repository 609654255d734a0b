/** The stores of a browser, as one script that is loaded when the first is opened. */
export { openStore } from './indexed-db.ts';
export { LayerStore } from './layer-store.ts';
