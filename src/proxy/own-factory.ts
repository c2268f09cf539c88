import type { ProxyFactory, ProxyInput, ProxyQuery } from '../options/proxy.ts';
import type { Choice } from './environment.ts';

/** What stands behind a factory of ours: it makes a choice, knows why, and keeps something running to make the next one. */
export interface OwnFactory {
  /** @param asker whoever asks, which may leave */
  choose(query: ProxyQuery, asker: object): Promise<Choice>;
  /** That asker is closed: what runs for it alone is ended. */
  leave(asker: object): void;
}

const factories = new WeakMap<ProxyFactory, OwnFactory>();
const choices = new WeakMap<object, Choice>();

/**
 * As a factory that an application gives to its managers. One that asks it itself sees texts, and may give the answer on as its
 * own.
 */
export function proxyFactoryOf(
  own: OwnFactory,
  shown: (choice: Choice) => readonly ProxyInput[],
): ProxyFactory {
  const factory: ProxyFactory = async (query) => {
    const choice = await own.choose(query, factory);
    const answer = shown(choice);
    choices.set(answer, choice);
    return answer;
  };
  factories.set(factory, own);
  return factory;
}

/** What stands behind a factory; null for one of the application's. */
export function behindFactory(factory: ProxyFactory): OwnFactory | null {
  return factories.get(factory) ?? null;
}

/** The choice behind an answer; null for one that an application made. */
export function choiceBehind(answer: ProxyInput | readonly ProxyInput[]): Choice | null {
  return Array.isArray(answer) ? (choices.get(answer) ?? null) : null;
}
