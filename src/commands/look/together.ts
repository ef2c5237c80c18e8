/** Several repositories of one image: what fixes one of them may need what another holds, for a publish goes to them all. */
import { auditTags } from '../../audit/audit.ts';
import { decideOnce } from '../../audit/decide-once.ts';
import { eachInTurn, mapSeveral, type Several } from '../../domain/several.ts';
import { confirmed, releasesToPublish } from './look.ts';
import type { RepositoryLook } from './repository-look.ts';

/**
 * Judges each repository with what is known about the others. Images of a release that is to be published for one of them are
 * looked into in all of them, and what refuses `apply` in one refuses it in all.
 */
export async function judgeTogether(looks: Several<RepositoryLook>): Promise<Several<RepositoryLook>> {
  if (looks.length < 2) return looks;
  const published = new Set(looks.flatMap(({ audited }) => [...releasesToPublish(audited)]));
  const seen = await eachInTurn(looks, async (look) => {
    const { lookout, input, content } = look;
    return { ...look, ...(await confirmed(lookout, { ...input, published }, content)) };
  });
  const refused = seen.find(({ audited }) => audited.refused !== null)?.audited.refused ?? null;
  const judged = mapSeveral(seen, (look) => {
    const others = seen
      .filter((other) => other !== look)
      .map(({ audited, input }) => ({ sight: audited.sight, repository: input.repository }));
    const input = { ...look.input, others, refused };
    return { ...look, input, audited: auditTags(input) };
  });
  return decideTogether(judged);
}

/** One publish goes to all of them: what a person has to allow in one is left to a person in all. For looks that were judged. */
export function decideTogether(judged: Several<RepositoryLook>): Several<RepositoryLook> {
  const all = judged.flatMap(({ audited }) => audited.findings);
  return mapSeveral(judged, (look) => {
    const findings = decideOnce(look.audited.findings, all);
    return { ...look, audited: { ...look.audited, findings } };
  });
}
