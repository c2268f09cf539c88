import type { ProxyInput } from '../options/proxy.ts';
import type { Choice } from './environment.ts';

const choices = new WeakMap<object, Choice>();

/**
 * The answer of a factory of ours, which has made its choice and knows why. An application that asks the factory sees texts,
 * and may give the answer on as its own.
 */
export function readyAnswer(choice: Choice, shown: readonly ProxyInput[]): readonly ProxyInput[] {
  choices.set(shown, choice);
  return shown;
}

/** The choice behind an answer; null for one that an application made. */
export function choiceBehind(answer: ProxyInput | readonly ProxyInput[]): Choice | null {
  return Array.isArray(answer) ? (choices.get(answer) ?? null) : null;
}
