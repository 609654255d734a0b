/** What a worker has and the `lib` of a page does not, for the one project that checks all folders together. */
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}
