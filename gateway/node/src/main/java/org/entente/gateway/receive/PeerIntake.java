package org.entente.gateway.receive;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.ChangeFull;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.HopIntakeTable;
import org.entente.gateway.ledger.table.SubjectTable;
import org.entente.gateway.link.HopIntake;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.RelayRefusal;
import org.entente.proto.link.v1.Result;

/**
 * Receives one peer's lane into the ledger. Inspection runs on the link's worker; the hop number,
 * the origin number and the content are committed together, and only then acknowledged.
 */
final class PeerIntake implements HopIntake {
  /** Messages that one change of the ledger takes, unless a single envelope has more. */
  static final int MOST_MESSAGES = EnvelopeHeader.MAX_COUNT;

  /**
   * What a recall or a change puts at most: the page of its target, with the bodies if it is
   * recalled, and the records of the page that its target changed.
   */
  static final int ALTERING_BYTES = 192 << 10;

  /**
   * What an item of evidence puts beside twice its own bytes: the record of its statement, those
   * that say what is stated, and a leaf.
   */
  static final int EVIDENCE_BYTES = 1 << 10;

  private final Ledger ledger;
  private final Inspection inspection;
  private final UnusualMemory memory;
  private final Reception reception;
  private final AgencyName peer;
  private final Lane lane;
  private volatile HopIntakeTable.Head adopted = new HopIntakeTable.Head(0, 1);

  PeerIntake(
      Ledger ledger,
      Inspection inspection,
      UnusualMemory memory,
      Reception reception,
      AgencyName peer,
      Lane lane) {
    this.ledger = ledger;
    this.memory = memory;
    this.inspection = inspection;
    this.reception = reception;
    this.peer = peer;
    this.lane = lane;
  }

  @Override
  public long epoch() {
    return expected(ledger.hopIntake().head(peer, lane)).epoch();
  }

  @Override
  public long next() {
    return expected(ledger.hopIntake().head(peer, lane)).next();
  }

  @Override
  public Optional<ByteString> committedHash(long epoch, long sequence) {
    return ledger.hopIntake().hash(peer, lane, epoch, sequence).map(ByteString::copyFrom);
  }

  @Override
  public void adopt(long epoch, long next) {
    adopted = new HopIntakeTable.Head(epoch, next);
  }

  /** The later of the durable and the adopted position. */
  private HopIntakeTable.Head expected(HopIntakeTable.Head durable) {
    HopIntakeTable.Head ahead = adopted;
    boolean later =
        ahead.epoch() > durable.epoch()
            || (ahead.epoch() == durable.epoch() && ahead.next() > durable.next());
    return later ? ahead : durable;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // the stage itself is returned
  public CompletionStage<List<Receipt>> receive(List<Delivery> deliveries, PeerName from) {
    List<InspectionResult> inspected = new ArrayList<>(deliveries.size());
    for (Delivery delivery : deliveries) {
      inspected.add(inspection.inspect(peer, lane, delivery));
    }
    try {
      CompletionStage<List<Receipt>> written = write(deliveries, inspected, 0);
      written.whenComplete((receipts, failure) -> release(inspected));
      return written;
    } catch (RuntimeException e) {
      release(inspected);
      throw e;
    }
  }

  private void release(List<InspectionResult> inspected) {
    for (InspectionResult one : inspected) {
      if (one instanceof InspectionResult.Taken taken
          && taken.own() instanceof InspectionResult.Judged judged) {
        memory.release(taken.header().facts().origin(), judged.unusual());
      }
    }
  }

  /**
   * Writes in several changes if there are many messages, so that those of higher lanes go between.
   * Nothing follows a change that the ledger does not take; the peer sends what is left again. What
   * did not fit into its change is written in further ones.
   */
  private CompletableFuture<List<Receipt>> write(
      List<Delivery> deliveries, List<InspectionResult> inspected, int from) {
    CompletableFuture<List<Receipt>> written = CompletableFuture.completedFuture(List.of());
    int next = from;
    while (next < inspected.size() && !written.isCompletedExceptionally()) {
      int first = next;
      int end = endOfChange(deliveries, inspected, first);
      Mutation<List<Receipt>> change =
          tx ->
              first == from || isDone(tx, deliveries.get(first - 1))
                  ? take(tx, deliveries, inspected, first, end)
                  : List.of();
      boolean canWait = inspected.subList(first, end).stream().allMatch(PeerIntake::isEvidence);
      CompletableFuture<List<Receipt>> some =
          canWait
              ? ledger.writeAlong(lane, change)
              : isLone(inspected) ? ledger.writeHere(lane, change) : ledger.write(lane, change);
      written = first == from ? some : written.thenCombine(some, PeerIntake::joined);
      next = end;
    }
    return written.thenCompose(receipts -> withTheRest(deliveries, inspected, from, receipts));
  }

  private CompletableFuture<List<Receipt>> withTheRest(
      List<Delivery> deliveries,
      List<InspectionResult> inspected,
      int from,
      List<Receipt> receipts) {
    int done = from + receipts.size();
    return done == inspected.size()
        ? CompletableFuture.completedFuture(receipts)
        : write(deliveries, inspected, done).thenApply(rest -> joined(receipts, rest));
  }

  /** Whether nothing else came with it: more would wait for the disk, and not be inspected. */
  private static boolean isLone(List<InspectionResult> inspected) {
    return inspected.size() == 1 && inspected.get(0).messages() == 1;
  }

  /** Whether it brings evidence alone, which causes no commit of its own: nobody waits for it. */
  private static boolean isEvidence(InspectionResult result) {
    return result instanceof InspectionResult.Taken taken
        && taken.onward().isEmpty()
        && taken.notOnward().isEmpty()
        && taken.own() instanceof InspectionResult.Judged judged
        && judged.contents().stream().allMatch(InspectionResult.Evidence.class::isInstance);
  }

  /**
   * Bytes that one change puts for what deliveries hold and alter, unless a single envelope has
   * more: 24 MiB, or 3 MiB where the ledger is replicated. With its records, a change stays below
   * {@link Transaction#mostBytes}.
   */
  private long mostBytes() {
    return ledger.mostBytesOfAChange() / 5 * 3;
  }

  private int endOfChange(List<Delivery> deliveries, List<InspectionResult> inspected, int first) {
    int end = first;
    int messages = 0;
    long bytes = 0;
    while (end < inspected.size()) {
      messages += inspected.get(end).messages();
      bytes += bytes(deliveries.get(end), inspected.get(end));
      if (end > first && (messages > MOST_MESSAGES || bytes > mostBytes())) {
        return end;
      }
      end++;
    }
    return end;
  }

  /**
   * Bytes put for a delivery: itself for this agency and for others, what it alters, the persons
   * and objects that it names, and its evidence.
   */
  private static long bytes(Delivery delivery, InspectionResult result) {
    if (!(result instanceof InspectionResult.Taken taken)) {
      return 0;
    }
    int stored = (taken.own() == null ? 0 : 1) + (taken.onward().isEmpty() ? 0 : 1);
    long contents =
        taken.own() instanceof InspectionResult.Judged judged
            ? judged.contents().stream().mapToLong(PeerIntake::bytes).sum()
            : 0;
    return (long) stored * delivery.getSerializedSize() + contents;
  }

  private static long bytes(InspectionResult.Content content) {
    if (content instanceof InspectionResult.Evidence evidence) {
      return evidence.items().stream()
          .mapToLong(item -> EVIDENCE_BYTES + 2L * item.getSerializedSize())
          .sum();
    }
    long terms =
        content instanceof InspectionResult.Kept kept
            ? (long) SubjectTable.BYTES * kept.subjects().size()
            : 0;
    return terms + (content.alters() ? ALTERING_BYTES : 0);
  }

  private static List<Receipt> joined(List<Receipt> some, List<Receipt> others) {
    List<Receipt> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  private boolean isDone(Transaction tx, Delivery delivery) {
    return isDone(delivery, expected(ledger.hopIntake().head(tx, peer, lane)));
  }

  private static boolean isDone(Delivery delivery, HopIntakeTable.Head expected) {
    return delivery.getHopEpoch() == expected.epoch()
        && delivery.getHopSequence() < expected.next();
  }

  /** Takes some, at least the first; ends before one that finds no room beside the others. */
  private List<Receipt> take(
      Transaction tx,
      List<Delivery> deliveries,
      List<InspectionResult> inspected,
      int from,
      int end) {
    List<Receipt> receipts = new ArrayList<>(end - from);
    receipts.add(take(tx, deliveries.get(from), inspected.get(from), true));
    try {
      for (int i = from + 1; i < end; i++) {
        int one = i;
        receipts.add(
            tx.within(inner -> take(inner, deliveries.get(one), inspected.get(one), false)));
      }
    } catch (ChangeFull e) {
      // The change holds those before it; it is not at fault.
    }
    return receipts;
  }

  private Receipt take(
      Transaction tx, Delivery delivery, InspectionResult inspected, boolean isFirst) {
    HopIntakeTable.Head durable = ledger.hopIntake().head(tx, peer, lane);
    HopIntakeTable.Head expected = expected(durable);
    long sequence = delivery.getHopSequence();
    if (isDone(delivery, expected)) {
      byte[] hash = ledger.hopIntake().hash(tx, peer, lane, delivery.getHopEpoch(), sequence);
      return receipt(
          delivery,
          new Reception.Answer(Result.RESULT_DUPLICATE, ""),
          hash == null ? new byte[0] : hash);
    }
    if (delivery.getHopEpoch() != expected.epoch() || sequence != expected.next()) {
      throw new IllegalStateException(
          "hop number "
              + delivery.getHopEpoch()
              + "/"
              + sequence
              + " of "
              + peer
              + " on "
              + lane
              + " received where "
              + expected
              + " was expected");
    }
    byte[] hash = Sha256.hash(delivery.getHeader().toByteArray());
    Reception.Answer answer = commit(tx, delivery, inspected, isFirst);
    if (durable.epoch() != expected.epoch()) {
      ledger.hopIntake().forget(tx, peer, lane, durable);
    }
    ledger.hopIntake().advance(tx, peer, lane, delivery.getHopEpoch(), sequence, hash);
    return receipt(delivery, answer, hash);
  }

  /**
   * Commits one delivery; a failure undoes only its changes, and its origin sends it again.
   *
   * @throws ChangeFull if it finds no room, and others were taken in this change before it
   */
  private Reception.Answer commit(
      Transaction tx, Delivery delivery, InspectionResult inspected, boolean isFirst) {
    try {
      Reception.Answer answer =
          tx.within(inner -> reception.commit(inner, peer, delivery, inspected));
      if (answer.code().equals(Code.QUARANTINE_FULL.name())) {
        inspection.begunAnew(delivery);
      }
      return answer;
    } catch (RuntimeException | StackOverflowError e) {
      boolean hasNoRoom = e instanceof ChangeFull && !isFirst;
      if (hasNoRoom || ProcessingFailure.isOfTheMachine(e)) {
        throw e;
      }
      return reception.commit(tx, peer, delivery, inspection.failed(peer, delivery, e));
    }
  }

  private static Receipt receipt(Delivery delivery, Reception.Answer answer, byte[] hash) {
    Receipt.Builder receipt =
        Receipt.newBuilder()
            .setHopEpoch(delivery.getHopEpoch())
            .setHopSequence(delivery.getHopSequence())
            .setHeaderHash(ByteString.copyFrom(hash))
            .setResult(answer.result())
            .setCode(answer.code());
    answer
        .refused()
        .forEach(
            one ->
                receipt.addRefused(
                    RelayRefusal.newBuilder()
                        .setRecipient(one.recipient().value())
                        .setCode(one.code().name())));
    return receipt.build();
  }
}
