import { stringsOf } from '../shared/strings.ts';

export const shareEnglish = {
  share: 'Share',
  title: 'Share this code',
  close: 'Close',
  link: 'Link to this code',
  linkHelp: 'The files are in the link itself: nothing is sent to a server, not even when somebody opens it.',
  linkUnchanged: 'Nothing was changed: the link leads to the page as it is.',
  copyLink: 'Copy link',
  linkCopied: 'The link was copied.',
  copyFailed: 'It could not be copied: the browser does not allow it. Select it and copy it by hand.',
  linkTooLong: (size: string, limit: string) =>
    `The files are too large for a link: it would have ${size} characters, of at most ${limit}. Download a file in its place.`,
  linkNotText: (file: string) => `A link holds text only, and ${JSON.stringify(file)} is none. Download a file in its place.`,
  download: 'Download',
  downloadZip: 'Zip archive',
  downloadSnapshot: 'Snapshot of the running container',
  embed: 'Embed',
  copyEmbed: 'Copy embed code',
  embedCopied: 'The embed code was copied.',
  openElsewhere: 'Open in another place',
  openIn: (service: string) => `Open in ${service} (new tab)`,
  opened: (service: string) => `The files were sent to ${service}.`,
  failed: (reason: string) => `It could not be shared: ${reason}`,
  linkOpened: (files: number) =>
    files === 1 ? 'One file comes from the link you opened.' : `${files} files come from the link you opened.`,
  linkUndone: 'The files of the link were taken back.',
};

export type ShareStrings = typeof shareEnglish;
export const shareStrings = stringsOf('share', shareEnglish);
