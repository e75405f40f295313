package org.entente.gateway.witness;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.ledger.table.WitnessTable.HeldCheckpoint;
import org.entente.gateway.model.AgencyName;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints of audit logs that other witnesses hold. Bounded: one for each gateway and witness,
 * and only for gateways of which this witness holds a checkpoint too. One that the log has not yet
 * connected to its history stays, and later ones of that witness are ignored: so a log cannot evade
 * the proof by signing more. In memory only, since witnesses repeat themselves. Safe for many
 * threads.
 */
final class ReportedCheckpoints {
  /** Most reports that one answer shows, and one request connects. */
  static final int MOST_SHOWN = 4;

  private final Map<Key, Report> reports = new HashMap<>();

  private record Key(LogOrigin gateway, AgencyName witness) {}

  /**
   * A verified checkpoint.
   *
   * @param witness the witness that reported it first
   * @param since when it was reported
   * @param shown when an answer first showed it to the log, which knows of it only from there; null
   *     if none did
   * @param answers how many answers showed it: some may have been lost
   * @param proven whether the log connected it to what is cosigned here
   */
  record Report(
      AgencyName witness,
      HeldCheckpoint checkpoint,
      Instant since,
      @Nullable Instant shown,
      int answers,
      boolean proven) {
    /** Whether the log has had a time to connect it since it was shown, and so many answers. */
    boolean isOverdue(Duration within, int enough, Instant now) {
      return shown != null && answers >= enough && !now.isBefore(shown.plus(within));
    }

    /** Whether both are of one report, at different times. */
    private boolean isOf(Report other) {
      return checkpoint.equals(other.checkpoint) && since.equals(other.since);
    }
  }

  /** Whether a checkpoint need be looked at; false for a repeated one. */
  synchronized boolean isNews(AgencyName witness, LogOrigin log, String text) {
    Report known = reports.get(key(log, witness));
    return known == null
        || (known.proven() && !known.checkpoint().checkpoint().text().equals(text));
  }

  /** Keeps a report, and forgets those of agencies that are no witnesses any more. */
  synchronized void put(
      AgencyName witness, HeldCheckpoint checkpoint, Instant now, Set<AgencyName> witnesses) {
    reports.keySet().removeIf(key -> !witnesses.contains(key.witness()));
    reports.put(
        key(checkpoint.origin(), witness), new Report(witness, checkpoint, now, null, 0, false));
  }

  /** The reports of a gateway that its log has not connected, the oldest first. */
  synchronized List<Report> unproven(LogOrigin log) {
    return reports.entrySet().stream()
        .filter(entry -> entry.getKey().gateway().sameGateway(log) && !entry.getValue().proven())
        .map(Map.Entry::getValue)
        .sorted(Comparator.comparing(Report::since).thenComparing(Report::witness))
        .limit(MOST_SHOWN)
        .toList();
  }

  /** An answer shows them to their log, from now on if none did before. */
  synchronized void shown(Collection<Report> named, Instant now) {
    change(
        named,
        one ->
            new Report(
                one.witness(),
                one.checkpoint(),
                one.since(),
                one.shown() == null ? now : one.shown(),
                one.answers() + 1,
                one.proven()));
  }

  /** The log connected them. */
  synchronized void proven(Collection<Report> connected) {
    change(
        connected,
        one ->
            new Report(
                one.witness(), one.checkpoint(), one.since(), one.shown(), one.answers(), true));
  }

  private void change(Collection<Report> some, UnaryOperator<Report> change) {
    for (Report report : some) {
      reports.computeIfPresent(
          key(report.checkpoint().origin(), report.witness()),
          (key, now) -> now.isOf(report) ? change.apply(now) : now);
    }
  }

  synchronized int size() {
    return reports.size();
  }

  private static Key key(LogOrigin log, AgencyName witness) {
    return new Key(log.numbered(1), witness);
  }
}
