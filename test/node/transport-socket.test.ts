import { afterAll } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { testTransport } from '../suites/transport.ts';
import { loopbackEnvironment } from '../support/loopback-environment.ts';

const environment = await loopbackEnvironment('strict');
afterAll(() => environment.close());

testTransport('SocketTransport', () => new SocketTransport(), environment);
