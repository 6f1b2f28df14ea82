import { type LinePoint, type LineStep, lineOf, type Mark, type Shape } from '../model/scenario-line.ts'
import { formatNumber, texts } from '../texts/index.ts'
import { formatDuration } from './durations.ts'

/** The signs of statuses, so that they differ by more than their colours. */
const SIGNS: Readonly<Record<Shape, string>> = {
  queued: 'M6 4v4h3',
  working: 'M5 3.5l4 2.5-4 2.5z',
  waiting: 'M4.4 4.6a1.6 1.6 0 1 1 2.3 1.5q-.7.3-.7.9M6 8.6v.1',
  asleep: 'M4.7 4v4M7.3 4v4',
  done: 'M3.6 6.2l1.7 1.7 3.2-3.6',
  failed: 'M4.2 4.2l3.6 3.6M7.8 4.2l-3.6 3.6',
}

/** The pictures of what else happens. */
const PICTURES: Readonly<Record<Mark, string>> = {
  message: 'M2 3h8v5H6L4 10V8H2z',
  'pull-request':
    'M3 4.2v3.6M3 4.2a1.2 1.2 0 1 1 .1 0M3 10.2a1.2 1.2 0 1 1 .1 0M9 7.8V5Q9 3 7 3H6M9 10.2a1.2 1.2 0 1 1 .1 0',
  output: 'M5 2H4Q3 2 3 3.5T2 6q1 0 1 1.5T4 10h1M7 2h1q1 0 1 1.5T10 6Q9 6 9 7.5T8 10H7',
  file: 'M3 2h4l2 2v6H3zM7 2v2h2',
}

function Picture({ path, class: name }: { readonly path: string; readonly class: string }) {
  return (
    <svg class={name} viewBox="0 0 12 12" width="14" height="14" aria-hidden="true">
      <path d={path} />
    </svg>
  )
}

/** The most points that are drawn. */
const DRAWN_MAX = 12

interface TimeLineProps {
  readonly name: string
  /** What starts the turn. */
  readonly start: string
  readonly steps: readonly LineStep[]
  /** The status with which the turn starts. */
  readonly before?: string
}

/** A turn of a scenario as a picture. What it shows is also a text, below it. */
export function TimeLine({ name, start, steps, before }: TimeLineProps) {
  const points = lineOf(steps, before)
  const drawn = points.slice(0, DRAWN_MAX)
  const { scenarios } = texts.value.controls
  return (
    <figure class="time-line">
      <figcaption>
        <span class="muted">{start}</span>
        {drawn
          .filter(({ isChange }) => isChange)
          .map(({ status, shape, seconds, reads }) => (
            <span key={`${seconds} ${reads}`} class={`shape ${shape}`}>
              <span aria-hidden="true">→ </span>
              {status}
            </span>
          ))}
      </figcaption>
      <div
        class="line"
        role="img"
        aria-label={`${scenarios.picture(name)}: ${start}, ${drawn.map(short).join(', ')}`}
      >
        {drawn.map((point, index) => (
          <Point key={index} point={point} next={drawn[index + 1]} last={drawn.at(-1)} />
        ))}
      </div>
    </figure>
  )
}

function Point({
  point,
  next,
  last,
}: {
  readonly point: LinePoint
  readonly next: LinePoint | undefined
  readonly last: LinePoint | undefined
}) {
  const { shape, marks, position } = point
  // Fewer points are drawn than a very long scenario has.
  const whole = last?.position || 1
  const width = next === undefined ? 0 : (next.position - position) / whole
  return (
    <span class={`point ${shape}`} style={{ insetInlineStart: `${(position / whole) * 100}%` }}>
      <span class="marks">
        {marks.map((mark) => (
          <Picture key={mark} class="mark" path={PICTURES[mark]} />
        ))}
      </span>
      <Picture class="sign" path={SIGNS[shape]} />
      <span class="at">{momentOf(point)}</span>
      {width > 0 && <span class="way" style={{ inlineSize: `${width * 100}cqi` }} />}
    </span>
  )
}

function short(point: LinePoint): string {
  return `${momentOf(point)} ${point.status}`
}

function momentOf({ seconds, reads }: LinePoint): string {
  return reads > 0 ? texts.value.controls.scenarios.atRead(reads) : formatDuration(seconds)
}

/** The points of a turn as an ordered list. */
export function StepList({
  steps,
  before,
}: {
  readonly steps: readonly LineStep[]
  readonly before?: string
}) {
  const { scenarios } = texts.value.controls
  const points = lineOf(steps, before)
  return (
    <ol class="steps">
      {points.slice(0, DRAWN_MAX).map((point, index) => (
        <li key={index}>
          <b>{momentOf(point)}</b>{' '}
          {[point.isChange && point.status, ...point.steps.flatMap(wordsOf)].filter(Boolean).join(', ')}
        </li>
      ))}
      {points.length > DRAWN_MAX && <li>{scenarios.more(points.length - DRAWN_MAX)}</li>}
    </ol>
  )
}

function wordsOf(step: LineStep): (string | false)[] {
  const { scenarios } = texts.value.controls
  const all = step.pull_requests ?? (step.pull_request == null ? [] : [step.pull_request])
  return [
    step.message !== undefined && scenarios.says(step.message),
    step.title !== undefined && scenarios.renamed(step.title),
    ...all.map((one) => scenarios.opens('state' in one ? `${one.url} (${one.state})` : one.url)),
    step.structured_output != null && scenarios.output,
    step.attachment !== undefined && scenarios.file(step.attachment.name),
    step.acus !== undefined && scenarios.acus(formatNumber(step.acus)),
    step.category != null && scenarios.category(step.category),
  ]
}
