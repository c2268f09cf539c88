import { writeFileSync } from 'node:fs';
import { CAPABILITIES_PAGE, capabilitiesPage } from './capabilities-page.ts';

/** `npm run docs:capabilities` */
writeFileSync(CAPABILITIES_PAGE, capabilitiesPage());
