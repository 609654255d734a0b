/** `base64`. */
import { decodeText } from '../../process/text.ts';
import { defineTool, ToolExit } from './tool.ts';

export const base64 = defineTool('base64', async (tool) => {
  const options = tool.options({ short: 'diw:', long: { decode: 'd', 'ignore-garbage': 'i', 'wrap=': 'w' } });
  for await (const { reader } of tool.inputs(options.operands.slice(0, 1))) {
    const bytes = await reader.readAll();
    if (options.has('d')) {
      const text = decodeText(bytes).replace(options.has('i') ? /[^A-Za-z0-9+/=]/g : /\n/g, '');
      try {
        await tool.stdout.write(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
      } catch {
        throw new ToolExit(1, 'base64: invalid input\n');
      }
      continue;
    }
    let binary = '';
    for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
    const text = btoa(binary);
    const width = Number(options.value('w') ?? 76);
    await tool.stdout.write(width === 0 ? text : text.replace(new RegExp(`.{1,${width}}`, 'g'), '$&\n'));
  }
});
