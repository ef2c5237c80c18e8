/** Bake files in HCL whose values only buildx can work out. */
import { foreignType, namedTargets, needsPrinting } from '../../import/bake-step.ts';
import type { World } from '../world.ts';

const main = 'docker-bake.hcl';

/**
 * Puts what buildx prints in place of the HCL text.
 *
 * @returns why a file could not be read so
 */
export async function printedBake(texts: Map<string, string>, { printBake }: World): Promise<string[]> {
  const text = texts.get(main);
  if (text === undefined || !needsPrinting(text)) return [];
  const check = 'check its Dockerfile, platforms and repository in the config';
  const foreign = foreignType(text);
  if (foreign !== null) {
    const why = `it names type=${foreign}, and buildx may ask a cloud for credentials to read that`;
    return [`${main} was read in part: docker buildx bake --print was not run, because ${why}; ${check}`];
  }
  const printed = (await printBake?.(main, namedTargets(text))) ?? {
    kind: 'unread' as const,
    because: 'there is no buildx here',
  };
  if (printed.kind === 'unread')
    return [`${main} was read in part: docker buildx bake --print did not work (${printed.because}); ${check}`];
  texts.set(main, printed.json);
  return [`${main} was read with docker buildx bake --print.`];
}
