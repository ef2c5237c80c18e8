/** Which checks of a release have an answer for exactly the digests that its tags name. */
import type { Check } from '../config/types.ts';
import type { Digest } from '../domain/digest.ts';
import { type Cell, describeCell, targetId } from '../plan/cell.ts';
import { checksOf } from '../plan/checks-of.ts';
import type { PassAnswer } from './pass.ts';

/** A cell with the digest that its tags name, or will. */
export interface CheckedCell {
  readonly cell: Cell;
  readonly digest: Digest;
  /** Digest of each platform's image in it. */
  readonly images: ReadonlyMap<string, Digest>;
}

/** One answer, with the file it is from. */
export interface Answer extends PassAnswer {
  readonly check: string;
  readonly failed: boolean;
  readonly from: string;
}

export interface Lack {
  readonly cell: Cell;
  readonly check: Check;
  /** `gpu of 1.0.0 (python 3.10) for linux/arm64: no pass for sha256:…`. */
  readonly reason: string;
}

export interface JudgedPasses {
  readonly lacks: readonly Lack[];
  /** The checks that each digest has every pass of. */
  readonly passed: ReadonlyMap<Digest, ReadonlySet<string>>;
  /** Answers for other digests or cells, or for a check that the config does not have. */
  readonly foreign: readonly string[];
}

/** @param imagesOf the images below a digest that was pushed as a part, by platform; `null` where it is not known */
export function judgePasses(
  cells: readonly CheckedCell[],
  checks: readonly Check[],
  answers: readonly Answer[],
  imagesOf: (digest: Digest) => ReadonlyMap<string, Digest> | null,
): JudgedPasses {
  const lacks: Lack[] = [];
  const used = new Set<Answer>();
  const passed = new Map<Digest, Set<string>>();
  for (const checked of cells) {
    const { cell, digest, images } = checked;
    const own = answers.filter((answer) => answer.cell === targetId(cell));
    for (const check of checksOf(cell, checks)) {
      const before = lacks.length;
      for (const platform of cell.platforms) {
        if (check.platforms !== null && !check.platforms.includes(platform)) continue;
        const wanted = images.get(platform);
        const fitting = own.filter(
          (answer) =>
            answer.check === check.name &&
            answer.platforms.includes(platform) &&
            (answer.digest === digest ||
              (wanted !== undefined &&
                (answer.digest === wanted || imagesOf(answer.digest)?.get(platform) === wanted))),
        );
        for (const answer of fitting) used.add(answer);
        const failure = fitting.find((answer) => answer.failed);
        if (fitting.length > 0 && failure === undefined) continue;
        const why = failure === undefined ? `no pass for ${wanted ?? digest}` : `failed, says ${failure.from}`;
        lacks.push({ cell, check, reason: `${check.name} of ${describeCell(cell)} for ${platform}: ${why}` });
      }
      if (lacks.length === before) passed.set(digest, new Set([...(passed.get(digest) ?? []), check.name]));
    }
  }
  return { lacks, passed, foreign: answers.filter((answer) => !used.has(answer)).map(foreignText) };
}

function foreignText({ check, cell, digest, from }: Answer): string {
  return `${from} answers ${check} for ${digest} of ${cell}, which is not a digest that is to be named or not a check of it`;
}
