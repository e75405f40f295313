package org.entente.gateway.receive;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.sequence.OriginWindows;
import org.entente.gateway.meter.LogRateLimit;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.statement.SettledNumbers;
import org.entente.gateway.seal.statement.SettledStatement;
import org.entente.gateway.seal.statement.Watermark;

/**
 * Reconciles two ledgers after one was restored or lost. A recipient states which numbers it lacks,
 * and the origin states under signature that it has none queued below a bound. Otherwise the gap
 * would stay, and no number a million beyond it could ever be accepted. It states so only of epochs
 * that the recipient has told of, so no other counts here. Safe for many threads.
 */
final class SettledNotices {
  /** Audit leaves about what one origin has settled, in an interval. */
  static final int MOST_LEAVES = 10;

  /** The interval. */
  static final Duration LEAVES_IN = Duration.ofMinutes(1);

  private final NoticeSigner signer;
  private final Ledger ledger;
  private final NoticeSignatureCheck signed;
  private final Reporter reporter;
  private final InstantSource clock;

  /** A leaf is kept for years, and a statement costs the origin a signature. */
  private final LogRateLimit leaves;

  SettledNotices(
      NoticeSigner signer, ReceiveParts parts, NoticeSignatureCheck signed, Reporter reporter) {
    this.signer = signer;
    this.ledger = parts.ledger();
    this.signed = signed;
    this.reporter = reporter;
    this.clock = parts.environment().clock();
    this.leaves = new LogRateLimit(clock, LEAVES_IN, MOST_LEAVES);
  }

  /** The statement for a recipient that reports its watermarks; empty if it lacks nothing. */
  Optional<SettledStatement> answer(AgencyName recipient, List<Watermark> held) {
    List<SettledNumbers> settled = new ArrayList<>();
    for (Watermark one : held) {
      long below = ledger.outbox().firstOwed(recipient, one.lane(), one.epoch(), highest(one));
      if (below > one.upTo() + 1) {
        settled.add(new SettledNumbers(one.epoch(), one.lane(), below));
      }
    }
    if (settled.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        SettledStatement.sign(
            new SettledStatement.Content(signer.frame(recipient, clock.millis()), settled),
            signer.key()));
  }

  private static long highest(Watermark held) {
    List<Watermark.Range> above = held.above();
    return above.isEmpty() ? held.upTo() : above.get(above.size() - 1).to();
  }

  /** Handles an origin's statement that nothing is queued below certain numbers. */
  void take(AgencyName from, byte[] bytes) {
    signed
        .taken(from, SettledStatement.parse(bytes))
        .ifPresent(taken -> learn(from, taken.content()));
  }

  private void learn(AgencyName from, SettledStatement.Content content) {
    Map<Lane, List<SettledNumbers>> byLane =
        content.numbers().stream().collect(Collectors.groupingBy(SettledNumbers::lane));
    byLane.forEach(
        (lane, numbers) -> {
          if (isNews(from, lane, numbers)) {
            write(from, lane, numbers);
          } else {
            // The origin repeats what it has not heard of.
            reporter.reportTo(from);
          }
        });
  }

  private boolean isNews(AgencyName from, Lane lane, List<SettledNumbers> numbers) {
    OriginWindows windows = ledger.windows().read(from, lane);
    return numbers.stream()
        .anyMatch(
            one ->
                windows
                    .known(one.epoch())
                    .filter(it -> it.settleBelow(one.below()) > 0)
                    .isPresent());
  }

  private void write(AgencyName from, Lane lane, List<SettledNumbers> numbers) {
    ledger
        .write(
            lane,
            tx -> {
              settle(tx, from, lane, numbers);
              tx.afterCommit(() -> reporter.reportTo(from));
              return numbers.size();
            })
        .exceptionally(e -> 0);
  }

  private void settle(Transaction tx, AgencyName origin, Lane lane, List<SettledNumbers> numbers) {
    OriginWindows windows = ledger.windows().read(tx, origin, lane);
    List<String> said = new ArrayList<>();
    long all = 0;
    for (SettledNumbers one : numbers) {
      Optional<OriginWindow> window = windows.known(one.epoch());
      long lost = window.isPresent() ? window.get().settleBelow(one.below()) : 0;
      if (lost > 0) {
        all = Math.min(all, Long.MAX_VALUE - lost) + lost;
        said.add("%d of epoch %d below %d".formatted(lost, one.epoch(), one.below()));
      }
    }
    if (said.isEmpty()) {
      return;
    }
    ledger.windows().write(tx, origin, lane, windows);
    long lost = all;
    leaves
        .line(
            origin.value(),
            "%d numbers in %s never arrived or were lost by restoring a ledger"
                .formatted(lost, lane))
        // What a log may cut comes last: an origin may name many and great numbers.
        .ifPresent(text -> record(tx, origin, text + ": " + String.join(", ", said)));
    tx.afterCommit(() -> reporter.lost(origin, lane, lost));
  }

  private static void record(Transaction tx, AgencyName origin, String text) {
    tx.audit(
        AuditRecord.ofNode(
            AuditType.SETTLED,
            Instant.ofEpochMilli(tx.nowMillis()),
            AuditActor.gateway(origin),
            text));
  }
}
