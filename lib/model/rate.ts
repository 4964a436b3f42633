/** Growth of a counter a second; null when it fell, because then it was reset and says nothing. */
export function rate(now: number, before: number, seconds: number): number | null {
  return now < before || seconds <= 0 ? null : (now - before) / seconds;
}
