import type { JobMatrix } from '../build/job-matrix.ts';
import { jsonText } from './plan-json.ts';

/** What `fromJSON` makes a `strategy.matrix` of. A cell's axes stand under their own names, unless a job's key has it. */
export function matrixJson(matrix: JobMatrix): string {
  return jsonText({ include: matrix.include.map(({ axes, ...job }) => ({ ...axes, ...job })) });
}
