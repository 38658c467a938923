import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../parts/button.tsx';
import { Mark } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { TextField } from '../parts/text_field.tsx';
import { sessionQuery } from '../session/session.ts';

/** For who may see every project, or none: the others go straight to theirs. */
export function ProjectsPage() {
  const { data } = useQuery(sessionQuery());
  const navigate = useNavigate();
  const [project, setProject] = useState('');
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Mark size={36} />
        <h1>Choose a project</h1>
        {data?.projects === '*' ? (
          <form
            className="stack"
            onSubmit={event => {
              event.preventDefault();
              void navigate({ to: '/projects/$project/integrations', params: { project } });
            }}
          >
            <TextField
              label="Project"
              name="project"
              about="Its handle, for example demo."
              required
              pattern="[a-z0-9][a-z0-9-]{0,62}"
              value={project}
              onChange={event => setProject(event.target.value)}
            />
            <Button look="primary" type="submit">
              Open
            </Button>
          </form>
        ) : (
          <Notice tone="warn" title="No project is open to you">
            The operator grants access in access.yaml.
          </Notice>
        )}
      </div>
    </main>
  );
}
