// From scores to shares to a cost. Nothing here knows the page.

/** Shares that sum to one: e to each score, divided by the sum. @param {number[]} scores */
export function softmax(scores) {
  const most = Math.max(...scores);
  const raised = scores.map((score) => Math.exp(score - most)); // the same shares, without overflow
  const sum = raised.reduce((total, value) => total + value, 0);
  return raised.map((value) => value / sum);
}

/** Scores that would give these shares, with a mean of 0: only differences between scores count. */
export function scoresOf(shares, least = 1e-6) {
  const logs = shares.map((share) => Math.log(Math.max(share, least)));
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  return logs.map((log) => log - mean);
}

/** Cross-entropy by the scores themselves, finite however sure the answer. @param {number} right its index */
export function costOf(scores, right) {
  const most = Math.max(...scores);
  const sum = scores.reduce((total, score) => total + Math.exp(score - most), 0);
  return Math.log(sum) + most - scores[right];
}
