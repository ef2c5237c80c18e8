/** The page of an explanation: whose a tag is and why, what each registry has, and why every other release lost it. */
import type { Fact, FactsPart, HeroPart, ListPart, PageData, Phrase, RowGroup, Tone } from '../../browser/page-data.ts';
import type { ExplainedCandidate, Explanation } from '../../plan/explanation.ts';
import { actualWords, describeMove, explanationHeadline, type ActualTag } from '../explain.ts';
import { releasePages, siteOf, tagPage } from '../links.ts';
import { count, grouped } from '../words.ts';
import { factsOf } from './findings.ts';
import { pageHtml } from './page.ts';
import { axesText } from './plan.ts';
import type { PageProject } from './project.ts';

/** What a page of an explanation takes from its project. */
type ExplainProject = Pick<PageProject, 'sourceUrl' | 'releases'>;

/** @param actual one for each repository; none if no registry was asked */
export function explainHtml(explanation: Explanation, actual: readonly ActualTag[], project: ExplainProject): string {
  return pageHtml(explainPage(explanation, actual, project));
}

export function explainPage(explanation: Explanation, actual: readonly ActualTag[], project: ExplainProject): PageData {
  const { tag, repository, candidates } = explanation;
  const list = candidates.length === 0 || explanation.status === 'pinned' ? [] : [candidatesPart(candidates)];
  const parts = [
    heroPart(explanation, actual, project),
    whyPart(explanation),
    ...actual.map((one, index) => registryPart(one, tag, index, project)),
    ...list,
  ];
  return {
    title: `${tag} – ${repository}`,
    command: 'explain',
    nav: parts.flatMap((part) => (part.kind === 'hero' ? [] : [{ id: part.id, text: part.title }])),
    parts,
    releases: releasePages(project),
  };
}

const tones: Readonly<Record<Explanation['status'], Tone>> = {
  pinned: 'good',
  owned: 'good',
  ownerless: 'warn',
  excluded: 'warn',
  unplanned: 'warn',
};

function heroPart(explanation: Explanation, actual: readonly ActualTag[], { sourceUrl }: ExplainProject): HeroPart {
  const { repository, tag, status, frozen, candidates } = explanation;
  const wrong = actual.filter(({ finding }) => finding !== null && finding.kind !== 'frozen');
  const lines: Phrase[] = [[explanationHeadline(explanation)]];
  if (frozen) lines.push(['It is frozen: newer releases do not build this image.']);
  for (const { repository: where, finding, ...one } of wrong)
    lines.push([`In ${where} ${actualWords({ repository: where, finding, ...one })} (${finding?.kind ?? 'wrong'}).`]);
  const verdicts = [...new Set(candidates.map(({ verdict }) => verdict))];
  return {
    kind: 'hero',
    id: 'tag',
    about: repository,
    href: siteOf(tagPage(repository, sourceUrl)),
    tone: wrong.length > 0 ? 'bad' : tones[status],
    title: tag,
    lines,
    chips: verdicts.map((verdict) => {
      const number = candidates.filter((candidate) => candidate.verdict === verdict).length;
      return {
        name: verdict,
        count: grouped(number),
        note: 'show only these releases',
        tone: toneOf(verdict),
        kind: verdict,
      };
    }),
  };
}

function whyPart({ because, rule, lastMoved, fix, status }: Explanation): FactsPart {
  const facts: Fact[] = [{ name: 'why', text: `${because}.` }];
  if (rule !== null) {
    facts.push({ name: status === 'unplanned' ? 'nearest rule' : 'rule', text: rule.name, code: rule.template });
    facts.push({ name: 'meaning', text: `${rule.meaning}.` });
  }
  if (lastMoved !== null) facts.push({ name: 'last moved', text: `${describeMove(lastMoved)}.` });
  if (fix !== null) facts.push({ name: 'hint', text: fix });
  return { kind: 'facts', id: 'why', title: 'Why', facts, links: [] };
}

function registryPart(actual: ActualTag, tag: string, index: number, { sourceUrl }: ExplainProject): FactsPart {
  const { repository, finding, expected, actual: digest } = actual;
  const facts: Fact[] = [
    { name: 'it is', text: `${actualWords(actual)}.`, ...(digest === null ? {} : { code: digest }) },
  ];
  if (finding === null && expected !== null && digest !== expected) facts.push({ name: 'should be', code: expected });
  if (finding !== null) {
    facts.push({ name: finding.kind, text: `${finding.because}.` }, ...factsOf(finding));
    if (finding.fix !== null) facts.push({ name: 'fix', code: finding.fix, copy: true });
  }
  const link = tagPage(repository, sourceUrl);
  const href =
    link === null ? null : link.after === null ? link.before : `${link.before}${encodeURIComponent(tag)}${link.after}`;
  const links = link === null || href === null ? [] : [{ text: `${tag} on ${link.site}`, href }];
  return { kind: 'facts', id: `registry-${index + 1}`, title: `In ${repository}`, facts, links };
}

function candidatesPart(candidates: readonly ExplainedCandidate[]): ListPart {
  const rows = candidates.map(({ version, axes, publishedAt, verdict, because }) => ({
    tag: version,
    kind: verdict,
    tone: toneOf(verdict),
    mark: publishedAt.slice(0, 10),
    say: because,
    find: axesText(axes),
    version,
  }));
  const group: RowGroup = {
    id: 'candidates-all',
    name: 'releases',
    tone: '',
    count: grouped(candidates.length),
    note: 'highest first: the first that may own it does',
    folded: false,
    rows,
    more: '',
  };
  const title = `${count(candidates.length, 'release')} that could own it`;
  return {
    kind: 'list',
    id: 'candidates',
    title,
    lead: '',
    empty: '',
    groups: [group],
    link: null,
    prefix: 'release:',
  };
}

/** A release that is lower than the owner lost fairly; one that may not own the tag has something against it. */
function toneOf(verdict: ExplainedCandidate['verdict']): Tone {
  if (verdict === 'owner') return 'good';
  return verdict === 'lower' ? 'muted' : 'warn';
}
