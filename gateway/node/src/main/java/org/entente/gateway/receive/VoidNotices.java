package org.entente.gateway.receive;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.sequence.OriginWindows;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.seal.statement.VoidStatement;

/**
 * Handles statements by which origins withdraw numbers. A number that is still open then counts as
 * resolved. This gateway tells the origin whether it holds the envelope that the statement names;
 * the origin repeats the statement until it has that answer. An origin whose ledger was restored
 * may withdraw what it sent before. So the answer comes from the ledger if the number is no longer
 * remembered, and the origin states only then what became of the messages. Safe for many threads.
 */
final class VoidNotices {
  private final Ledger ledger;
  private final EvidenceRecords evidence;
  private final ReceivedHeaders held;
  private final NoticeSignatureCheck signed;
  private final Reporter reporter;

  VoidNotices(ReceiveParts parts, NoticeSignatureCheck signed, Reporter reporter) {
    this.ledger = parts.ledger();
    this.evidence = parts.evidence();
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
    byLane.forEach((lane, numbers) -> learn(from, lane, numbers));
  }

  private void learn(AgencyName from, Lane lane, List<NumberedHeader> stated) {
    OriginWindows windows = ledger.windows().read(from, lane);
    // Of an epoch that is not open nothing is known, nor is anything looked up for it.
    List<NumberedHeader> numbers =
        stated.stream()
            .filter(one -> windows.in(one.number().epoch()).isPresent())
            .map(one -> wasKept(from, one) ? one : NumberedHeader.ofUnknownContent(one.number()))
            .toList();
    if (!numbers.stream().allMatch(one -> isHeld(windows, one.number()))) {
      write(from, lane, numbers);
    } else {
      numbers.forEach(one -> answer(from, one));
      reporter.reportTo(from);
    }
  }

  private static boolean isHeld(OriginWindows windows, OriginNumber number) {
    return windows.in(number.epoch()).filter(window -> window.holds(number.sequence())).isPresent();
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
    if (offer.isPresent() && offer.get() != OriginWindow.Offer.TOO_FAR) {
      tx.afterCommit(() -> answer(from, voided));
    }
  }

  private void answer(AgencyName from, NumberedHeader voided) {
    held.offeredAgain(
        from,
        voided.number(),
        voided.isKnown() ? Optional.of(voided.headerHash()) : Optional.empty());
  }

  /** Whether messages of this envelope were kept. Of other origins' envelopes nothing is told. */
  private boolean wasKept(AgencyName from, NumberedHeader voided) {
    SealedRecord kept = ledger.evidence().header(voided.headerHash());
    return kept != null
        && evidence
            .openHeader(kept)
            .flatMap(header -> EnvelopeHeader.parse(header.getHeader().toByteArray()))
            .filter(header -> header.facts().origin().equals(from))
            .isPresent();
  }
}
