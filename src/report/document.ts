/** What a command came to, as data: what its text tells, for whoever makes something else of it. */
import type { AuditReport } from '../audit/types.ts';
import type { CellMetadata } from '../build/cell-metadata.ts';
import type { EventTarget } from '../build/event-build.ts';
import type { JobMatrix } from '../build/job-matrix.ts';
import type { BuildConfig } from '../config/types.ts';
import type { EventPlan } from '../plan/event-plan.ts';
import type { PlanDiff } from '../plan/plan-diff.ts';
import type { Problem } from '../domain/errors.ts';
import type { Several } from '../domain/several.ts';
import type { Plan } from '../plan/types.ts';
import type { PartsReport } from './parts.ts';
import type { PublishReport } from './publish.ts';

export type ReportDocument =
  | {
      readonly kind: 'plan';
      /** One for each repository; of facts alone, one. */
      readonly plans: Several<Plan>;
      /** The cells of the release it is of, if it is of one. */
      readonly cells: readonly CellMetadata[];
      readonly build: BuildConfig;
      /** Why the release may not be built: nothing that a build takes is handed over then. */
      readonly refused: readonly Problem[];
    }
  | {
      /** Of a build that is not a release. */
      readonly kind: 'event';
      readonly plan: EventPlan;
      readonly cells: readonly EventTarget[];
      readonly build: BuildConfig;
      /** As of a release. */
      readonly refused: readonly Problem[];
    }
  | { readonly kind: 'plan-diff'; readonly diff: PlanDiff }
  | { readonly kind: 'matrix'; readonly matrix: JobMatrix }
  | { readonly kind: 'publish'; readonly report: PublishReport }
  | { readonly kind: 'build'; readonly report: PartsReport }
  | { readonly kind: 'audit'; readonly reports: readonly [AuditReport, ...AuditReport[]] };
