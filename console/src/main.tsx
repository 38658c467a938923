import { CSPProvider } from '@base-ui/react/csp-provider';
import { TransportProvider } from '@connectrpc/connect-query';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { openRouter } from './router.tsx';
import { openQueries } from './rpc/queries.ts';
import { openTransport } from './rpc/transport.ts';
import '../styles/fonts.css';
import '../styles/tokens.css';
import '../styles/page.css';
import '../styles/controls.css';
import '../styles/parts.css';
import '../styles/places.css';

// Not needed for the first paint.
const Toasts = lazy(() => import('./parts/toasts.tsx').then(({ Toasts }) => ({ default: Toasts })));

const queries = openQueries();
const transport = openTransport(() => {
  // Every query that asks for the session finds out that it ended, and the page shows how to sign in.
  void queries.invalidateQueries({ queryKey: ['session'] });
});
const router = openRouter(queries);

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
createRoot(root).render(
  <CSPProvider disableStyleElements>
    <TransportProvider transport={transport}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Suspense>
          <Toasts />
        </Suspense>
      </QueryClientProvider>
    </TransportProvider>
  </CSPProvider>,
);
