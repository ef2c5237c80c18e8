/** What the page shows as the part of its address behind `#`, which no server is sent. */
import type { Problem } from '../domain/errors.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';

/** What somebody chose to look at. */
export interface Choice {
  readonly image: string | null;
  readonly release: string | null;
  readonly tag: string | null;
}

export type Shared = Choice &
  (
    | { readonly kind: 'example'; readonly name: string }
    | { readonly kind: 'texts'; readonly config: string; readonly releases: string }
  );

/** The most that an address may hold, unpacked: a megabyte of config, four of releases, and their quotes. */
const maxBytes = 6 * 1_048_576;
const choices = ['image', 'release', 'tag'] as const;

/** @returns without the `#`: `example=cuda&tag=1-gpu`, or `text=` and both texts, compressed */
export async function addressOf(shared: Shared): Promise<string> {
  const parameters = new URLSearchParams();
  if (shared.kind === 'example') parameters.set('example', shared.name);
  else parameters.set('text', await packed(JSON.stringify([shared.config, shared.releases])));
  for (const key of choices) {
    const value = shared[key];
    if (value !== null) parameters.set(key, value);
  }
  return parameters.toString();
}

/**
 * @param hash as the browser has it, with or without the `#`
 * @param examples the names that there are
 * @returns `null` if it holds nothing
 */
export async function sharedOf(hash: string, examples: readonly string[]): Promise<Result<Shared | null>> {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const choice = { image: parameters.get('image'), release: parameters.get('release'), tag: parameters.get('tag') };
  const name = parameters.get('example');
  if (name !== null)
    return examples.includes(name) ? ok({ kind: 'example', name, ...choice }) : failed(noExample(name, examples));
  const text = parameters.get('text');
  if (text === null) return ok(null);
  const texts = textsOf(await unpacked(text));
  return texts === null ? failed(unreadable) : ok({ kind: 'texts', ...texts, ...choice });
}

function noExample(name: string, examples: readonly string[]): Problem {
  const message = `there is no example ${quote(name)}, so another one is shown`;
  return { code: 'USAGE', where: 'the address', message, fix: `choose one of ${examples.join(', ')}` };
}

const unreadable: Problem = {
  code: 'USAGE',
  where: 'the address',
  message: 'the part behind # cannot be read: it was cut or changed on its way',
  fix: 'ask for the link again, as a file or in a code block, or choose an example',
};

function textsOf(json: string | null): { readonly config: string; readonly releases: string } | null {
  if (json === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  const [config, releases]: unknown[] = value;
  return typeof config === 'string' && typeof releases === 'string' ? { config, releases } : null;
}

async function packed(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @returns `null` for what was never packed, or unpacks to more than anybody shares */
async function unpacked(text: string): Promise<string | null> {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const reader = stream.getReader();
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let size = 0;
    let out = '';
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      size += read.value.length;
      if (size > maxBytes) {
        await reader.cancel();
        return null;
      }
      out += decoder.decode(read.value, { stream: true });
    }
    return out + decoder.decode();
  } catch {
    // Bad letters, bad compression, bad UTF-8: each is an address that was changed.
    return null;
  }
}
