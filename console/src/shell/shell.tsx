import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { Choice } from '../parts/choice.tsx';
import { ActivityIcon, AuditIcon, ChevronDown, Mark, PickIcon, PlugIcon, QuestionIcon } from '../parts/icons.tsx';
import { type Permission, sessionQuery, useMay } from '../session/session.ts';
import { rememberProject } from './last_project.ts';

const route = getRouteApi('/projects/$project');

// Not needed for the first paint.
const Person = lazy(() => import('./person.tsx').then(({ Person }) => ({ default: Person })));

const places = [
  { to: '/projects/$project/integrations', text: 'Integrations', icon: PlugIcon, needs: 'catalog.read' },
  { to: '/projects/$project/activity', text: 'Activity', icon: ActivityIcon, needs: 'events.read' },
  { to: '/projects/$project/explain', text: 'Why did nothing fire?', icon: QuestionIcon, needs: 'events.read' },
  { to: '/projects/$project/pickers', text: 'Pickers', icon: PickIcon, needs: 'references.read' },
  { to: '/projects/$project/audit', text: 'Audit', icon: AuditIcon, needs: 'audit.read' },
] as const satisfies readonly { needs: Permission; to: string; text: string; icon: unknown }[];

export function Shell() {
  const { project } = route.useParams();
  const may = useMay(project);
  useEffect(() => rememberProject(project), [project]);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <aside className="side">
        <Link to="/projects/$project/integrations" params={{ project }} className="brand">
          <Mark size={24} />
          <span>Mobius</span>
        </Link>
        <ProjectSwitch project={project} />
        <nav aria-label="Pages" className="nav">
          {places
            .filter(place => may(place.needs))
            .map(({ to, text, icon: Icon }) => (
              <Link
                key={to}
                to={to}
                params={{ project }}
                className="nav-link"
                activeProps={{ 'aria-current': 'page' }}
                activeOptions={{ includeSearch: false }}
              >
                <Icon />
                <span>{text}</span>
              </Link>
            ))}
        </nav>
        <Suspense fallback={<span className="person" />}>
          <Person />
        </Suspense>
      </aside>
      <Content />
    </div>
  );
}

/** The focus follows to a new page, so that a reader hears where it is. */
function Content() {
  const path = useRouterState({ select: state => state.location.pathname });
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is what it waits for
  useEffect(() => {
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <main id="main" className="main" tabIndex={-1} ref={main}>
      <Outlet />
    </main>
  );
}

function ProjectSwitch({ project }: { readonly project: string }) {
  const { data } = useQuery(sessionQuery());
  const navigate = useNavigate();
  if (data?.projects === '*') {
    return (
      <Link to="/" className="choice wide" aria-label={`Project ${project}, change`}>
        <span className="choice-label">Project</span>
        <span className="choice-value">{project}</span>
        <ChevronDown size={14} />
      </Link>
    );
  }
  const projects = [...new Set([project, ...(data?.projects ?? [])])].toSorted();
  return (
    <Choice
      wide
      label="Project"
      value={project}
      options={projects.map(each => ({ value: each, label: each }))}
      onChange={next => void navigate({ to: '/projects/$project/integrations', params: { project: next } })}
    />
  );
}
