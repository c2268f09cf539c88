import { main, withManager } from '../cli/main.ts';
import { demonstrate } from './demonstration.ts';

/** `npm start`: a session against a server of its own. `npm start -- URL…`: the command `fairlead`. */
const args = process.argv.slice(2);
process.exitCode = await (args.length === 0 ? withManager(demonstrate) : main(args));
