/** Kinds of file that Drive itself makes, by the last part of their MIME type. */
const KINDS: Readonly<Record<string, string>> = {
  'application/vnd.google-apps.document': 'document',
  'application/vnd.google-apps.spreadsheet': 'sheet',
  'application/vnd.google-apps.presentation': 'presentation',
  'application/vnd.google-apps.form': 'form',
  'application/vnd.google-apps.folder': 'folder',
};

export const FOLDER = 'application/vnd.google-apps.folder';

/** `file` for whatever was uploaded. */
export function kindOf(mimeType: unknown): string {
  return typeof mimeType === 'string' && Object.hasOwn(KINDS, mimeType) ? (KINDS[mimeType] ?? 'file') : 'file';
}
