/** The planner, in a worker: what takes too long there can be stopped, and the page stays quick. */
import { createAnswers } from '../src/playground/answer.ts';
import type { Answer, Question } from '../src/playground/question.ts';

/** What a worker sends back for each question. */
export type Reply = Answer | { readonly kind: 'bug'; readonly message: string };

const answer = createAnswers();

self.addEventListener('message', ({ data }: MessageEvent<Question>) => {
  void replyTo(data).then((reply) => self.postMessage(reply));
});

async function replyTo(question: Question): Promise<Reply> {
  try {
    return await answer(question);
  } catch (error) {
    return { kind: 'bug', message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}
