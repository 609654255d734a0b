/** Columns that text takes on a terminal, by East Asian Width and emoji presentation, as Node's `getStringWidth` with ICU. */
const zeroWidth = /^[\p{Mn}\p{Me}\p{Cf}\u200b\u1160-\u11ff]$/u;
const wide =
  /^[\u1100-\u115f\u231a\u231b\u2329\u232a\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{1f004}\u{1f0cf}\u{1f18e}\u{1f191}-\u{1f19a}\u{1f200}-\u{1f320}\u{1f32d}-\u{1f335}\u{1f337}-\u{1f37c}\u{1f37e}-\u{1f393}\u{1f3a0}-\u{1f3ca}\u{1f3cf}-\u{1f3d3}\u{1f3e0}-\u{1f3f0}\u{1f3f4}\u{1f3f8}-\u{1f43e}\u{1f440}\u{1f442}-\u{1f4fc}\u{1f4ff}-\u{1f53d}\u{1f54b}-\u{1f54e}\u{1f550}-\u{1f567}\u{1f57a}\u{1f595}\u{1f596}\u{1f5a4}\u{1f5fb}-\u{1f64f}\u{1f680}-\u{1f6c5}\u{1f6cc}\u{1f6d0}-\u{1f6d2}\u{1f6d5}-\u{1f6d7}\u{1f6dc}-\u{1f6df}\u{1f6eb}\u{1f6ec}\u{1f6f4}-\u{1f6fc}\u{1f7e0}-\u{1f7eb}\u{1f7f0}\u{1f90c}-\u{1f93a}\u{1f93c}-\u{1f945}\u{1f947}-\u{1f9ff}\u{1fa70}-\u{1faff}\u{20000}-\u{3fffd}]$/u;
const ambiguous =
  /^[\u00a1\u00a4\u00a7\u00a8\u00aa\u00ae\u00b0-\u00b4\u00b6-\u00ba\u00bc-\u00bf\u00d7\u00f7\u2010-\u2016\u2018-\u201d\u2020-\u2027\u2030\u2460-\u24e9\u2500-\u254b\u25a0\u25a1\u2605\u2606\u2640\u2642]$/u;

export function stringWidth(text: string, ambiguousAsFullWidth: boolean, expandEmoji: boolean): number {
  let width = 0;
  let joined = false;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (!expandEmoji && joined) {
      joined = false;
      continue;
    }
    if (code === 0x200d && width > 0) {
      joined = true;
      continue;
    }
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x1f3fb && code <= 0x1f3ff && !expandEmoji)) continue;
    if (zeroWidth.test(char)) continue;
    width += wide.test(char) || (ambiguousAsFullWidth && ambiguous.test(char)) ? 2 : 1;
  }
  return width;
}
