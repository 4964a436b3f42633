/** Sign and colour of each state in Discord; a word always stands beside them. The worst first. */
export const looks = {
  critical: { sign: "🔴", color: 0xe7_4c_3c },
  warning: { sign: "🟡", color: 0xf1_c4_0f },
  well: { sign: "🟢", color: 0x2e_cc_71 },
  notice: { sign: "🔵", color: 0x34_98_db },
  unknown: { sign: "⚪", color: 0x95_a5_a6 },
} as const;
