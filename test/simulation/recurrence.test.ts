import t from 'tap'
import { ValidationContext } from '../../src/fastapi/validation/compile.ts'
import { checkSettings } from '../../src/simulation/automation-settings.ts'
import { cronOf, cronsOf } from '../../src/simulation/recurrence.ts'

t.test('a recurrence rule is a cron expression', async (t) => {
  for (const [rule, cron] of [
    ['FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0', '0 9 * * mon'],
    ['FREQ=DAILY;BYHOUR=9;BYMINUTE=0;BYSECOND=0', '0 9 * * *'],
    ['FREQ=WEEKLY;BYDAY=FR', '0 0 * * fri'],
    ['rrule:freq=weekly;byday=mo,tu,we,th,fr,sa,su;byhour=8,17', '0 8,17 * * mon,tue,wed,thu,fri,sat,sun'],
    ['FREQ=WEEKLY;WKST=SU;', '0 0 * * mon'],
    [' FREQ=HOURLY\n', '0 * * * *'],
    ['FREQ=MINUTELY', '* * * * *'],
    ['FREQ=MINUTELY;INTERVAL=15', '*/15 * * * *'],
    ['FREQ=HOURLY;BYMINUTE=30', '30 * * * *'],
    ['FREQ=HOURLY;INTERVAL=6;BYMINUTE=5', '5 */6 * * *'],
    ['FREQ=MONTHLY;BYMONTHDAY=15', '0 0 15 * *'],
    ['FREQ=MONTHLY;BYDAY=TU;INTERVAL=1', '0 0 * * tue'],
    ['FREQ=YEARLY', '0 0 1 1 *'],
    ['FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=4', '0 0 4 7 *'],
  ] as const)
    t.equal(cronOf(rule), cron, rule)
})

t.test('a rule that cannot be expressed as a cron expression has none', async (t) => {
  for (const rule of [
    '',
    'daily',
    'FREQ=SECONDLY',
    'FREQ=DAILY;COUNT=3',
    'FREQ=DAILY;UNTIL=20270101T000000Z',
    'DTSTART;TZID=America/New_York:20261015T090000\nRRULE:FREQ=DAILY;BYHOUR=9;BYMINUTE=0',
    'FREQ=DAILY;INTERVAL=2',
    'FREQ=MINUTELY;INTERVAL=7',
    'FREQ=HOURLY;INTERVAL=0',
    'FREQ=HOURLY;INTERVAL=2;BYHOUR=9',
    'FREQ=DAILY;BYSECOND=30',
    'FREQ=MONTHLY;BYDAY=1MO',
    'FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=1',
    'FREQ=YEARLY;BYDAY=MO',
    'FREQ=MONTHLY;BYMONTHDAY=-1',
    'FREQ=DAILY;BYHOUR=24',
    'FREQ=DAILY;BYHOUR',
    'FREQ=DAILY;BYDAY',
    'FREQ=DAILY;INTERVAL',
    'FREQ=TOSTRING',
  ])
    t.equal(cronOf(rule), null, rule)
})

t.test('the schedule of an automation consists of the rules of its schedule triggers', async (t) => {
  const rule = (value: unknown, changes: object = {}) => ({
    all: [{ field: 'rrule', operator: 'matches', value, ...changes }],
  })
  const trigger = (any: object[] | null, event_type = 'schedule:recurring') => ({
    event_type,
    conditions: any && { any },
  })
  const settings = checkSettings(
    {
      name: 'n',
      actions: [],
      run_as: { type: 'organization' },
      triggers: [
        trigger([rule('FREQ=DAILY'), rule('FREQ=HOURLY')]),
        trigger([rule('FREQ=MONTHLY')]),
        trigger([rule('FREQ=YEARLY;COUNT=1'), rule('FREQ=YEARLY', { operator: 'neq' })]),
        trigger([rule('FREQ=YEARLY', { field: 'cron' })]),
        trigger(null),
        trigger([rule('FREQ=YEARLY')], 'github:issues'),
      ],
    },
    new ValidationContext(),
  )

  t.same(settings && cronsOf(settings), ['0 0 * * *', '0 * * * *', '0 0 1 * *'])
})
