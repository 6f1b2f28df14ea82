/** The groups of the operations of the control plane, in the order of its document. */
export const TAGS = [
  { name: 'Sessions', description: 'What sessions do, and making them do it now', topics: ['sessions'] },
  { name: 'Scenarios', description: 'The rules that choose what sessions do', topics: ['scenarios'] },
  { name: 'Automations', description: 'Events that automations wait for', topics: ['automations'] },
  { name: 'Clock', description: 'The time, which can be moved, stopped and sped up', topics: ['clock'] },
  {
    name: 'Answers',
    description: 'How to answer questions that the vendor leaves open',
    topics: ['answers', 'fidelity'],
  },
  {
    name: 'Requests',
    description: 'The requests that were received, with their answers',
    topics: ['requests'],
  },
  { name: 'Faults', description: 'Requests that fail on purpose', topics: ['faults'] },
  { name: 'State', description: 'Everything that is stored, as one document', topics: ['state', 'reset'] },
  { name: 'Snapshots', description: 'Named states to return to', topics: ['snapshots'] },
  {
    name: 'Organizations',
    description: 'Isolated organizations, their keys, and calls in their name',
    topics: ['organizations', 'keys', 'calls'],
  },
  { name: 'Events', description: 'What happens, as it happens', topics: ['events'] },
  { name: 'Server', description: 'The server itself', topics: [] },
] as const

/** Returns the name of the group of a path. */
export function tagOf(path: string): string {
  const [, , topic = ''] = path.split('/')
  return TAGS.find(({ topics }) => (topics as readonly string[]).includes(topic))?.name ?? 'Server'
}
