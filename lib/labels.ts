/** Labels of an observation, for example `{ mount: "/" }`. In a file of its own, because settings name targets by them. */
export type Labels = Readonly<Record<string, string>>;
