/** Returns the CPU time of this process, in milliseconds. Unlike real time, it does not pass while other processes run. */
export function cpuMillis(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
