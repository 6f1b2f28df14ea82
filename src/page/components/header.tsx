import { clockOf } from '../clocks.ts'
import { connection } from '../live.ts'
import { server } from '../organizations.ts'
import { hrefOf, place, setQuery, shownOrg } from '../place.ts'
import {
  LANGUAGES,
  type Language,
  language,
  setLanguage,
  setTheme,
  THEMES,
  type Theme,
  theme,
} from '../preferences.ts'
import { formatClock, formatDate, formatNumber, texts } from '../texts/index.ts'
import { Button } from './button.tsx'
import { Select } from './fields.tsx'
import { useNow } from './time.tsx'

const VIEWS = ['sessions', 'requests', 'state', 'controls'] as const

/** The head of the page: what is shown, of which organization, and how the page looks. */
export function Header({ current }: { readonly current: string }) {
  const { shell } = texts.value
  // The addresses keep the organization.
  place.value
  return (
    <header class="header">
      <a class="brand" href={hrefOf(['sessions'])}>
        <Logo />
        {shell.title}
      </a>
      <nav class="views" aria-label={shell.main}>
        {VIEWS.map((name) => (
          <a key={name} href={hrefOf([name])} aria-current={name === current ? 'page' : undefined}>
            {shell[name]}
          </a>
        ))}
        <a href="/_fake/docs">{shell.docs}</a>
      </nav>
      <div class="settings">
        <Connection />
        <ClockChip />
        <OrganizationSelect />
        <Select<Language>
          isBare
          label={shell.language}
          value={language.value}
          options={Object.entries(LANGUAGES) as [Language, string][]}
          onChange={setLanguage}
        />
        <ThemeButton />
      </div>
    </header>
  )
}

function Logo() {
  return (
    <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#4f46e5" />
      <path d="M9 8h6a8 8 0 0 1 0 16H9z" fill="none" stroke="#fff" stroke-width="3" />
      <circle cx="24" cy="8" r="3" fill="#fbbf24" />
    </svg>
  )
}

function Connection() {
  const text = texts.value.shell.connection[connection.value]
  return (
    <span class={`connection ${connection.value}`} role="status" title={text}>
      <span class="dot" aria-hidden="true" />
      {text}
    </span>
  )
}

/** The time of the organization. Leads to the controls of its clock. */
function ClockChip() {
  const { shell } = texts.value
  const clock = clockOf(shownOrg())
  const now = useNow(shownOrg())
  if (clock === undefined) return null
  const { frozen, speed } = clock
  const isNormal = !frozen && speed === 1
  const how = frozen
    ? shell.clockFrozen
    : speed === 'instant'
      ? shell.clockInstant
      : shell.clockSpeed(formatNumber(speed))
  return (
    <a class={`clock ${isNormal ? '' : 'changed'}`} href={hrefOf(['controls', 'clock'])} title={how}>
      <span class="hidden">{how} </span>
      <span class="date">{formatDate(now)} </span>
      {formatClock(now)}
      {!isNormal && (
        <span aria-hidden="true">
          {frozen ? ' ❚❚' : speed === 'instant' ? ' »' : ` ${formatNumber(speed)}×`}
        </span>
      )}
    </a>
  )
}

const THEME_SIGNS: Readonly<Record<Theme, string>> = { auto: '◐', light: '☀', dark: '☾' }

/** Goes through the themes. */
function ThemeButton() {
  const { shell } = texts.value
  const name = `${shell.theme}: ${shell.themes[theme.value]}`
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] as Theme
  return (
    <Button look="quiet" class="theme" aria-label={name} title={name} onClick={() => setTheme(next)}>
      <span aria-hidden="true">{THEME_SIGNS[theme.value]}</span>
    </Button>
  )
}

function OrganizationSelect() {
  const { shell, common } = texts.value
  const organizations = server.value?.organizations ?? []
  const shown = shownOrg() ?? ''
  // One that is deleted, or that no request has named yet, stays the one that is shown.
  const isKnown = shown === '' || organizations.some(({ org_id }) => org_id === shown)
  return (
    <Select
      isBare
      label={common.organization}
      value={shown}
      options={[
        ['', shell.allOrganizations],
        ...organizations.map(({ org_id, name }) => [org_id, name] as const),
        ...(isKnown ? [] : [[shown, shown] as const]),
      ]}
      onChange={(org) => setQuery({ org })}
    />
  )
}
