/** Lists as Yarn 1 draws them. */

export const treeLines = (ids: readonly string[]) => ids.map((id, index) => `${index === ids.length - 1 ? '└' : '├'}─ ${id}`).join('\n');
