import {
  DeliveryCause,
  type DeliveryExplanation,
  DeliveryStage,
  type StagePassage,
} from '../../../gen/mobius/integrations/v1/event_pb.js';
import { Mend } from '../parts/mend.tsx';
import { dateOf, exactTime } from '../parts/time.tsx';
import { causeOfStop, stageMeaning, stageWord } from '../words/event.ts';
import { plain } from '../words/readiness.ts';

/** The way of one delivery, stage by stage, and where it stopped. */
export function Timeline({ project, delivery }: { readonly project: string; readonly delivery: DeliveryExplanation }) {
  const { stages, stoppedAt, cause, message, fix } = delivery;
  const isStopped = stoppedAt !== DeliveryStage.UNSPECIFIED;
  return (
    <ol className="timeline">
      {stages.map((passage, index) => {
        const isStop =
          isStopped && passage.stage === stoppedAt && index === stages.findLastIndex(s => s.stage === stoppedAt);
        return (
          <Stage
            // biome-ignore lint/suspicious/noArrayIndexKey: stages are only ever added, at the end
            key={`${passage.stage}-${index}`}
            passage={passage}
            before={stages[index - 1]}
            tone={isStop ? 'stop' : ''}
          >
            {isStop && (
              <div className="stop">
                {cause !== DeliveryCause.UNSPECIFIED && <strong>{causeOfStop(cause)}</strong>}
                <p>{message}</p>
                <Mend project={project} fix={fix} />
              </div>
            )}
          </Stage>
        );
      })}
      {isStopped && !stages.some(passage => passage.stage === stoppedAt) && (
        <li className="stage stop">
          <span className="stage-mark" aria-hidden="true" />
          <div>
            <div className="stage-head">
              <strong>Stopped before “{stageWord(stoppedAt).text.toLowerCase()}”</strong>
            </div>
            <div className="stop">
              {cause !== DeliveryCause.UNSPECIFIED && <strong>{causeOfStop(cause)}</strong>}
              <p>{message}</p>
              <Mend project={project} fix={fix} />
            </div>
          </div>
        </li>
      )}
    </ol>
  );
}

function Stage({
  passage,
  before,
  tone,
  children,
}: {
  readonly passage: StagePassage;
  readonly before: StagePassage | undefined;
  readonly tone: string;
  readonly children: React.ReactNode;
}) {
  const { stage, time, note } = passage;
  const word = stageWord(stage);
  return (
    <li className={`stage ${tone || word.tone}`}>
      <span className="stage-mark" aria-hidden="true" />
      <div>
        <div className="stage-head">
          <strong>{word.text}</strong>
          {time !== undefined && (
            <time dateTime={dateOf(time).toISOString()} title={exactTime(time)} className="faint">
              {clock(time)}
              {before?.time !== undefined && ` · ${gap(before.time, time)}`}
            </time>
          )}
        </div>
        <p>{/^[A-Z_]+$/.test(note) ? plain(note) : note || stageMeaning[stage]}</p>
        {children}
      </div>
    </li>
  );
}

type At = NonNullable<StagePassage['time']>;

function clock(time: At): string {
  const date = dateOf(time);
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function gap(from: At, to: At): string {
  const ms = dateOf(to).getTime() - dateOf(from).getTime();
  if (ms < 1_000) return `+${ms} ms`;
  return ms < 60_000 ? `+${(ms / 1_000).toFixed(1)} s` : `+${Math.round(ms / 60_000)} min`;
}
