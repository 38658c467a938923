import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  stripSearchParams,
} from '@tanstack/react-router';
import { IntegrationsPage } from './integrations/page.tsx';
import { Empty } from './parts/states.tsx';
import * as search from './search.ts';
import { sessionQuery } from './session/session.ts';
import { Gate } from './shell/gate.tsx';
import { lastProject } from './shell/last_project.ts';
import { Shell } from './shell/shell.tsx';

/** The map of the page. The first page is in the first script; each other comes when it is opened. */
function routes(queries: QueryClient) {
  const root = createRootRoute({
    component: () => (
      <Gate>
        <Outlet />
      </Gate>
    ),
    notFoundComponent: () => <Empty title="There is no such page" action={<a href="/console/">To the beginning</a>} />,
  });
  const start = createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: async () => {
      const session = await queries.ensureQueryData(sessionQuery());
      if (session === null || session.projects === '*') return;
      const last = lastProject();
      const project = session.projects.find(each => each === last) ?? session.projects[0];
      if (project !== undefined) throw redirect({ to: '/projects/$project/integrations', params: { project } });
    },
    component: lazyRouteComponent(() => import('./shell/projects.tsx'), 'ProjectsPage'),
  });
  const project = createRoute({ getParentRoute: () => root, path: '/projects/$project', component: Shell });
  const projectStart = createRoute({
    getParentRoute: () => project,
    path: '/',
    beforeLoad: ({ params }) => {
      throw redirect({ to: '/projects/$project/integrations', params });
    },
  });
  const integrations = createRoute({
    getParentRoute: () => project,
    path: '/integrations',
    validateSearch: search.integrations,
    search: { middlewares: [stripSearchParams({ q: '', state: 'all', category: '' })] },
    component: IntegrationsPage,
  });
  const provider = createRoute({
    getParentRoute: () => project,
    path: '/providers/$provider',
    validateSearch: search.provider,
    component: lazyRouteComponent(() => import('./provider/page.tsx'), 'ProviderPage'),
  });
  const activity = createRoute({
    getParentRoute: () => project,
    path: '/activity',
    validateSearch: search.activity,
    component: lazyRouteComponent(() => import('./activity/page.tsx'), 'ActivityPage'),
  });
  const explain = createRoute({
    getParentRoute: () => project,
    path: '/explain',
    validateSearch: search.explain,
    component: lazyRouteComponent(() => import('./explain/page.tsx'), 'ExplainPage'),
  });
  const pickers = createRoute({
    getParentRoute: () => project,
    path: '/pickers',
    validateSearch: search.pickers,
    component: lazyRouteComponent(() => import('./pickers/page.tsx'), 'PickersPage'),
  });
  const audit = createRoute({
    getParentRoute: () => project,
    path: '/audit',
    validateSearch: search.audit,
    component: lazyRouteComponent(() => import('./audit/page.tsx'), 'AuditPage'),
  });
  const inside = [projectStart, integrations, provider, activity, explain, pickers, audit];
  return root.addChildren([
    start,
    project.addChildren(
      inside as [
        typeof projectStart,
        typeof integrations,
        typeof provider,
        typeof activity,
        typeof explain,
        typeof pickers,
        typeof audit,
      ],
    ),
  ]);
}

export function openRouter(queries: QueryClient) {
  return createRouter({
    routeTree: routes(queries),
    basepath: '/console',
    defaultPreload: 'intent',
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof openRouter>;
  }
}
