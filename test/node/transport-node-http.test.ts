import { afterAll } from 'vitest';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { testTransport } from '../suites/transport.ts';
import { loopbackEnvironment } from '../support/loopback-environment.ts';

const environment = await loopbackEnvironment('strict');
afterAll(() => environment.close());

testTransport('NodeHttpTransport', () => new NodeHttpTransport(), environment);
