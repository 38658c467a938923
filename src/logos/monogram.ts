import { createHash } from 'node:crypto';
import { type Color, contrast } from './contrast.ts';

/** What stands for a provider that has no mark. */
export type Monogram = { readonly letters: string; readonly background: Color };

/** The same name has the same monogram everywhere and always. */
export function monogramOf(name: string): Monogram {
  return { letters: lettersOf(name), background: colorOf(name) };
}

/** The first letters of its first two words; words also begin at capitals, and `and` is none. A name without letters has a star. */
function lettersOf(name: string): string {
  const words = name
    .normalize('NFC')
    .replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
    .split(/[\s_/&+-]+/u)
    .filter(word => word.toLowerCase() !== 'and')
    .flatMap(word => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? []);
  const letters = words.slice(0, 2).map(letter => letter.toUpperCase());
  return letters.length === 0 ? '★' : letters.join('');
}

const SATURATION = 0.52;

/**
 * A hue drawn from the name, as light as white letters on it allow. All hues are then equally light, and stand out from a
 * white page and from a dark one.
 */
function colorOf(name: string): Color {
  const hue = createHash('sha256').update(name).digest().readUInt16BE() % 360;
  let percent = 60;
  while (contrast(hsl(hue, SATURATION, percent / 100), '#ffffff') < 4.6) percent -= 0.5;
  return hsl(hue, SATURATION, percent / 100);
}

/** As CSS Color 4 has it. */
function hsl(hue: number, saturation: number, lightness: number): Color {
  const spread = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): string => {
    const place = (n + hue / 30) % 12;
    const value = lightness - spread * Math.max(-1, Math.min(place - 3, 9 - place, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
