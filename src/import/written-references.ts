/** References that a build step has written out: names with their tags. */
import { roughExpression, splitAtCommas } from './expression.ts';
import { splitList } from './tag-line.ts';

export interface WrittenReference {
  readonly name: string;
  readonly tag: string;
}

/** Without those that are the action's: a name without a tag is `latest`. */
export function writtenReferences(text: string): WrittenReference[] {
  return splitList(text).lines.flatMap((line) =>
    splitAtCommas(line.text).flatMap((reference): WrittenReference[] => {
      if (/\.outputs\.(?:tags|json|tag-names)\b/i.test(reference) || reference === '') return [];
      const at = reference.replaceAll(roughExpression, (found) => '_'.repeat(found.length)).lastIndexOf(':');
      const isTagged = at > reference.lastIndexOf('/', at) && at > 0 && !reference.slice(at).includes('/');
      return [
        { name: isTagged ? reference.slice(0, at) : reference, tag: isTagged ? reference.slice(at + 1) : 'latest' },
      ];
    }),
  );
}

const architecture =
  /(?:^|[-_.])(?:(?:linux-)?(?:amd64|x86[-_]64|arm64(?:-?v8)?|aarch64|arm(?:hf|-?v[67])?|386|ppc64le|s390x|riscv64))$/i;

/** Whether a name or a tag ends with an architecture: it is a part of an image, if something puts the parts together. */
export function endsWithArchitecture(text: string): boolean {
  return architecture.test(text);
}

/** A script, or an action, that makes one image of the images of several platforms. */
export function putsTogether({ run, uses }: { readonly run: string; readonly uses: string | null }): boolean {
  if (uses !== null) return /manifest/i.test(uses);
  return /\bimagetools\s+create\b|\bmanifest\s+(?:create|push)\b|\bmanifest-tool\b|\bindex\s+append\b/.test(run);
}

/** Tags that no two runs have in common, under which an image waits until it gets its own. */
export function isOfOneRun(tags: string): boolean {
  const { lines } = splitList(tags);
  return lines.length > 0 && lines.every(({ text }) => /\bgithub\.run_(?:id|number|attempt)\b/i.test(text));
}
