/** One reader of text from outside, with valid samples to mutate. It throws nothing but what people may see. */
export interface Reader {
  readonly name: string;
  /** Each is read without an error. */
  readonly samples: readonly string[];
  /** Put in by some mutations, beside what all readers get: words of its own language. */
  readonly words?: readonly string[];
  /** Its part of all texts, for one that is slow; 1 where it is left out. */
  readonly share?: number;
  /** @returns whether the text got past its first token */
  readonly read: (text: string) => boolean | Promise<boolean>;
}

/** Past the first token is what counts: JSON without a valid end was read far. */
export function isLikeJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}
