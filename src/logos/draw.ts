import type { DrawnMark } from '../providers/provider.ts';
import { type Color, contrast } from './contrast.ts';
import { monogramOf } from './monogram.ts';

const WHITE: Color = '#ffffff';
const DARK: Color = '#18181b';

/**
 * A provider's logo: an app's tile, so that it shows on light pages and on dark ones. A mark keeps its brand's colour; the
 * tile is white, or dark where the colour would not stand out from white.
 */
export function drawLogo(name: string, mark: DrawnMark | undefined): string {
  return mark === undefined ? drawMonogram(name) : drawMark(name, mark);
}

/** The tile under a mark of that colour. */
export const tileFor = (color: Color): Color => (contrast(color, WHITE) >= 3 ? WHITE : DARK);

function drawMark(name: string, { path, color }: DrawnMark): string {
  const edge = '<rect x=".5" y=".5" width="39" height="39" rx="8.5" fill="none" stroke="#808080" stroke-opacity=".3"/>';
  const mark = `<path transform="translate(8 8)" fill="${escapeXml(color)}" d="${escapeXml(path)}"/>`;
  return svg(name, `${tile(tileFor(color))}${edge}${mark}`);
}

/** Capitals of common sans-serif fonts are 0.72 of their size high. */
function drawMonogram(name: string): string {
  const { letters, background } = monogramOf(name);
  const size = letters.length === 1 ? 21 : 17;
  const font = `font-family="Inter,system-ui,'Segoe UI',Roboto,Helvetica,Arial,sans-serif" font-weight="600" font-size="${size}"`;
  const place = `x="20" y="${(20 + 0.36 * size).toFixed(1)}" text-anchor="middle"`;
  return svg(name, `${tile(background)}<text ${place} ${font} fill="${WHITE}">${escapeXml(letters)}</text>`);
}

const tile = (color: Color): string => `<rect width="40" height="40" rx="9" fill="${color}"/>`;

function svg(name: string, content: string): string {
  const box = 'width="40" height="40" viewBox="0 0 40 40"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} role="img"><title>${escapeXml(name)}</title>${content}</svg>\n`;
}

/** Without what XML cannot hold at all, escaped or not. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
