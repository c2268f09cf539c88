import { MessageChannel } from 'node:worker_threads';
import {
  type BridgePolicyInput,
  type ConnectedClient,
  connect,
  type PolicyViolation,
  type ServedPort,
  serve,
} from '../../../platform/node/bridge.ts';
import { NetworkAccessManager } from '../../../platform/node/index.ts';

/** A client and the manager that serves it, over a port of this thread. */
export interface Pair extends AsyncDisposable {
  readonly manager: NetworkAccessManager;
  readonly served: ServedPort;
  readonly client: ConnectedClient;
  /** What the owner was told. */
  readonly violations: PolicyViolation[];
}

export function pair(policy: BridgePolicyInput, manager = new NetworkAccessManager()): Pair {
  const { port1, port2 } = new MessageChannel();
  const served = serve(manager, port1, policy);
  const violations: PolicyViolation[] = [];
  served.on('policyViolated', (violation) => violations.push(violation));
  const client = connect(port2);
  return {
    manager,
    served,
    client,
    violations,
    async [Symbol.asyncDispose]() {
      await client.close();
      await manager.close();
    },
  };
}

/** The rules that were broken. */
export const rulesOf = ({ violations }: Pick<Pair, 'violations'>): string[] =>
  violations.map(({ rule }) => rule);

export const HELLO = { type: 'hello', major: 1, minor: 0 };

/** A request as a client says it. */
export const requestMessage = (id: number, url: string) => ({
  type: 'request',
  id,
  method: 'GET',
  url,
  headers: [],
  options: {},
  body: null,
});

/** What was told of requests, event by event. */
export const eventsOf = (heard: readonly { readonly [name: string]: unknown }[]): HeardEvent[] =>
  heard.flatMap(({ id, events }) =>
    ((events ?? []) as HeardEvent[]).map((event) => ({ ...event, id: id as number })),
  );

/** An event of any kind, and the number of its request. */
export interface HeardEvent {
  readonly id: number;
  readonly type: string;
  readonly sent?: number;
  readonly chunk?: Uint8Array;
}

/** A port that is spoken through by hand. */
export function rawPort(policy: BridgePolicyInput, manager = new NetworkAccessManager()) {
  const { port1, port2 } = new MessageChannel();
  const served = serve(manager, port1, policy);
  const violations: PolicyViolation[] = [];
  served.on('policyViolated', (violation) => violations.push(violation));
  const heard: { type: string; [name: string]: unknown }[] = [];
  let wake = (): void => {};
  port2.on('message', (messages) => {
    heard.push(...messages);
    wake();
  });
  const heardUntil = async (isSo: () => boolean): Promise<void> => {
    while (!isSo())
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  const closed = new Promise<void>((resolve) => port2.on('close', resolve));
  return {
    served,
    violations,
    heard,
    closed,
    say: (...messages: unknown[]) => port2.postMessage(messages),
    heardUntil,
    async until(type: string) {
      await heardUntil(() => heard.some((message) => message.type === type));
      return heard.find((message) => message.type === type)!;
    },
    leave: () => port2.close(),
    async end() {
      port2.close();
      await manager.close();
    },
  };
}
