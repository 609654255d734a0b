/** A frame for a document with an origin of its own, or the page's: it fills the preview. */
export function newPreviewFrame(title: string): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.title = title;
  frame.allow = 'fullscreen; clipboard-write; autoplay';
  frame.style.cssText = 'display:block;inline-size:100%;block-size:100%;border:0';
  return frame;
}
