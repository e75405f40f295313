package org.entente.gateway.receive;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.sequence.OriginWindows;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.seal.statement.VoidStatement;

/**
 * Handles statements by which origins withdraw numbers. A number that is still open then counts as
 * resolved. This gateway tells the origin what it holds under each number; the origin repeats the
 * statement until it has that answer. Safe for many threads.
 */
final class VoidNotices {
  private final Ledger ledger;
  private final ReceivedHeaders held;
  private final NoticeSignatureCheck signed;
  private final Reporter reporter;

  VoidNotices(ReceiveParts parts, NoticeSignatureCheck signed, Reporter reporter) {
    this.ledger = parts.ledger();
    this.held = parts.opening().numbers();
    this.signed = signed;
    this.reporter = reporter;
  }

  /** Handles a statement. */
  void take(AgencyName from, byte[] bytes) {
    signed.taken(from, VoidStatement.parse(bytes)).ifPresent(taken -> learn(from, taken.content()));
  }

  private void learn(AgencyName from, VoidStatement.Content content) {
    Map<Lane, List<NumberedHeader>> byLane =
        content.numbers().stream().collect(Collectors.groupingBy(one -> one.number().lane()));
    byLane.forEach(
        (lane, numbers) -> {
          OriginWindows windows = ledger.windows().read(from, lane);
          if (numbers.stream().anyMatch(one -> isHeld(windows, one.number(), false))) {
            write(from, lane, numbers);
          } else {
            numbers.stream()
                .filter(one -> isHeld(windows, one.number(), true))
                .forEach(one -> held.offeredAgain(from, one.number(), Optional.empty()));
            reporter.reportTo(from);
          }
        });
  }

  /** Whether a number of an epoch that is open here is held, or not. */
  private static boolean isHeld(OriginWindows windows, OriginNumber number, boolean expected) {
    return windows
        .in(number.epoch())
        .filter(window -> window.holds(number.sequence()) == expected)
        .isPresent();
  }

  private void write(AgencyName from, Lane lane, List<NumberedHeader> numbers) {
    ledger
        .write(
            lane,
            tx -> {
              OriginWindows windows = ledger.windows().read(tx, from, lane);
              numbers.forEach(one -> resolve(tx, from, windows, one));
              ledger.windows().write(tx, from, lane, windows);
              tx.afterCommit(() -> reporter.reportTo(from));
              return numbers.size();
            })
        .exceptionally(e -> 0);
  }

  private void resolve(
      Transaction tx, AgencyName from, OriginWindows windows, NumberedHeader voided) {
    OriginNumber number = voided.number();
    Optional<OriginWindow.Offer> offer =
        windows.in(number.epoch()).map(window -> window.resolveVoid(number.sequence()));
    if (offer.equals(Optional.of(OriginWindow.Offer.NEW))) {
      tx.afterCommit(() -> held.counted(from, number, voided.headerHash()));
    } else if (offer.equals(Optional.of(OriginWindow.Offer.DUPLICATE))) {
      tx.afterCommit(() -> held.offeredAgain(from, number, Optional.empty()));
    }
  }
}
