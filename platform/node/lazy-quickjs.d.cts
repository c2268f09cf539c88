import type { QuickJSWASMModule } from 'quickjs-emscripten-core';

/** @throws Error that names what has to be installed */
export function loadQuickJs(): Promise<QuickJSWASMModule>;
export function forgetQuickJs(): void;
