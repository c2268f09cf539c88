import type { ProxyServer } from '../call/route.ts';
import type { ProxyInput, ProxyQuery } from '../options/proxy.ts';
import { isLoopback } from '../util/host.ts';
import type { Choice } from './environment.ts';
import { choiceBehind } from './own-factory.ts';
import { NO_PROXY, parseProxy } from './setting.ts';

/** Where it is written what proxy to use. */
export interface ProxySources {
  /** What `NetworkAccessManager.applicationProxy` says. */
  applicationProxy(): ProxyInput;
  /** @throws TypeError for a variable that names no proxy */
  environment(query: ProxyQuery): Choice;
  system(query: ProxyQuery): Promise<Choice>;
  /** Nobody is answered any more: what runs for that alone is ended. */
  close(): void;
  /** @throws TypeError for what the platform cannot use of a proxy: its TLS material */
  check(input: ProxyInput): void;
}

/** A choice, at once where nothing has to be waited for. */
export type Choosing = Choice | Promise<Choice>;

const LOOPBACK: Choice = { proxies: NO_PROXY, rule: 'application proxy: not for this machine itself' };
const UNSET: Choice = { proxies: NO_PROXY, rule: 'application proxy: none is set' };

/**
 * What a setting chooses for a query.
 * @param whose for the rule: `proxy of the manager`
 * @throws TypeError for what is no proxy
 */
export function chooseBySetting(
  input: ProxyInput,
  whose: string,
  query: ProxyQuery,
  sources: ProxySources,
): Choosing {
  const setting = parseProxy(input);
  if (setting === 'environment') return sources.environment(query);
  if (setting === 'system') return sources.system(query);
  return setting === 'default' ? chooseByApplication(query, sources) : { proxies: setting, rule: whose };
}

/** Qt: the application's proxy is not for loopback. That of a manager or a request is for all hosts. */
function chooseByApplication(query: ProxyQuery, sources: ProxySources): Choosing {
  const input = sources.applicationProxy();
  if (input === 'none') return UNSET;
  const { peerHost } = query;
  if (isLoopback(peerHost.includes(':') ? `[${peerHost}]` : peerHost)) return LOOPBACK;
  // It cannot stand for itself.
  if (input === 'default') return UNSET;
  return chooseBySetting(input, 'application proxy', query, sources);
}

/**
 * What a factory has answered. Each of its answers may stand for several proxies.
 * @throws TypeError for an answer that is none, or empty
 */
export async function chooseByAnswer(
  answer: ProxyInput | readonly ProxyInput[],
  query: ProxyQuery,
  sources: ProxySources,
): Promise<Choice> {
  const ready = choiceBehind(answer);
  if (ready !== null) return ready;
  const answers: readonly ProxyInput[] = Array.isArray(answer) ? answer : [answer as ProxyInput];
  const proxies: (ProxyServer | null)[] = [];
  const rules: string[] = [];
  for (const one of answers.slice(0, MOST_ANSWERS)) {
    sources.check(one);
    const choice = await chooseBySetting(one, '', query, sources);
    proxies.push(...choice.proxies);
    if (choice.rule !== '') rules.push(choice.rule);
  }
  if (proxies.length === 0)
    throw new TypeError('it has answered with no proxy; "none" stands for a direct connection');
  return { proxies, rule: ['factory', ...rules].join(', ') };
}

const MOST_ANSWERS = 32;
