/** Looks for texts in everything below a folder, inside zip files too. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';

/** `file: text` for every text found in the content of a file or in its name. */
export function findTexts(folder: string, texts: readonly string[]): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.flatMap((name) => {
    const path = join(folder, name);
    const content = statSync(path, { throwIfNoEntry: false })?.isFile() === true ? read(path) : '';
    return texts
      .filter((text) => name.includes(text) || content.includes(text))
      .map((text) => `${name}: ${text}`);
  });
}

function read(path: string): string {
  const bytes = readFileSync(path);
  if (!path.endsWith('.zip')) return bytes.toString('latin1');
  const entries = Object.values(unzipSync(bytes));
  return entries.map((entry) => Buffer.from(entry).toString('latin1')).join('\n');
}

/** The forms in which a secret text shows up in what others write, as bytes of a file read as Latin-1. */
export function formsOf(text: string): readonly string[] {
  return [
    text,
    encodeURIComponent(text),
    Buffer.from(text).toString('base64').replace(/=+$/, ''),
    JSON.stringify(text).slice(1, -1),
    Buffer.from(text, 'utf16le').toString('latin1'),
  ].map((form) => Buffer.from(form, 'utf8').toString('latin1'));
}
