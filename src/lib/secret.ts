/** A secret that cannot be printed by accident, and the scrubber for texts that others wrote. */
import { inspect } from 'node:util';

const SHOWN = '[secret]';

/** Holds one secret text; every way of printing it shows `[secret]`, only `reveal()` hands it out. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}

/** The forms in which a secret shows up in what others write: plain, in URLs, XML, JSON, base64. */
function formsOf(text: string): readonly string[] {
  const xml = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  const base64 = Buffer.from(text).toString('base64').replace(/=+$/, '');
  return [
    text,
    encodeURIComponent(text.toWellFormed()),
    xml,
    JSON.stringify(text).slice(1, -1),
    base64,
  ];
}

/** Replaces every form of every secret; texts shorter than 4 characters would blank whole words and stay. */
export function scrub(text: string, secrets: Iterable<Secret>): string {
  const forms = [...secrets].flatMap((secret) => formsOf(secret.reveal()));
  const longestFirst = [...new Set(forms)]
    .filter((form) => form.length >= 4)
    .sort((a, b) => b.length - a.length);
  return longestFirst.reduce((clean, form) => clean.replaceAll(form, SHOWN), text);
}
