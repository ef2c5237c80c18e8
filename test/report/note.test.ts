import { expect, test } from 'vitest';
import { noteMark, noteMarkdown } from '../../src/report/note.ts';

const frame = {
  mark: noteMark('plan', ['matrix.config.ts', '', '-->']),
  runUrl: 'https://github.com/a/b/actions/runs/1',
  whole: 'the summary of its run',
};

test('a mark is one comment, whatever it is about', () => {
  expect(frame.mark).toBe('<!-- tagwright plan matrix.config.ts  --%3E -->');
});

test('nobody is called and no other issue is touched, but code stays as it is', () => {
  const markdown =
    'thanks @octocat, see #7\n`a@sha256:1 #2`\n\n```sh\ntagwright rollback a@b #3\n```\n@team/x @&#8203;me';
  expect(noteMarkdown(markdown, frame)).toBe(
    [
      frame.mark,
      'thanks @<!-- -->octocat, see #<!-- -->7',
      '`a@sha256:1 #2`',
      '',
      '```sh',
      'tagwright rollback a@b #3',
      '```',
      '@<!-- -->team/x @&#8203;me',
      '',
      '<sub>Of [the summary of its run](https://github.com/a/b/actions/runs/1); the next one writes it anew.</sub>',
      '',
    ].join('\n'),
  );
});
