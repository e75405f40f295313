package org.entente.gateway.testkit;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.retention.Retention;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineStep;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Recall;
import org.entente.proto.v1.Status;

/**
 * A recipient over a disk that outlives it: what tests of what is done with received messages
 * share. One thread.
 */
public abstract class ReceivingNode implements AutoCloseable {
  /** Who looks, and why. */
  public static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder()
          .setOfficer("DE-7")
          .setUnit("K 12")
          .setJustification("case 4 Js 12/26")
          .build();

  public final MemoryStorageKeys keys = new MemoryStorageKeys();
  public final RecordedLeaves leaves = new RecordedLeaves();
  public final MemoryStore.Disk disk = new MemoryStore.Disk();
  protected final SecureRandom random = new SecureRandom();
  private final ErasureJournal journal;
  public volatile Instant now = Instant.parse("2026-11-25T10:00:00Z");
  public MemoryStore store;
  public Ledger ledger;
  public ReceiveKit kit;
  public Retention retention;

  /** A node whose files are in a folder of a test; the subclass then opens what it adds. */
  protected ReceivingNode(Path folder) throws IOException {
    journal = ErasureJournal.open(folder.resolve("erasures"), 0);
    store = new MemoryStore(disk);
    ledger = QuietLedger.started(store, () -> now, leaves);
    kit = kit();
    retention = retention();
  }

  private ReceiveKit kit() {
    return new ReceiveKit(ledger, keys, keys, journal, (o, l, b) -> Optional.empty(), () -> now);
  }

  private Retention retention() {
    return new Retention(
        ReceiveKit.SELF,
        ledger,
        new Retention.Keys(keys, keys),
        kit.erasing(),
        new LabelCheck(MessageLimits.defaults()),
        () -> now,
        random);
  }

  /** Opens bodies of the ledger as it is now. */
  public final InboxOpener opening() {
    return new InboxOpener(keys, ledger.inbox());
  }

  /** Makes what is added anew, over the ledger as it is now. */
  protected abstract void opened();

  /** Before the ledger ends. */
  protected void closing() {}

  /** What a killed process leaves is all that the next one has. */
  public final void restart() {
    kit.close();
    closing();
    ledger.halt("killed");
    ledger.close();
    disk.cutPower();
    store = new MemoryStore(disk);
    ledger = QuietLedger.started(store, () -> now, leaves);
    kit = kit();
    retention = retention();
    opened();
  }

  /** Receives a message, an IPR alert unless the label is made another. */
  public final MessageId received(Body body, Consumer<Label.Builder> change) {
    return received(Lane.ROUTINE, body, change);
  }

  /** The same in a lane: after a restart, the origin begins to count anew in each. */
  public final MessageId received(Lane lane, Body body, Consumer<Label.Builder> change) {
    Label.Builder label =
        Label.newBuilder()
            .setKind(Kind.KIND_ALERT)
            .setCategory(Category.CATEGORY_IPR)
            .setPurpose(Purpose.PURPOSE_IPR_ENFORCEMENT)
            .setStatus(Status.STATUS_ACTUAL);
    change.accept(label);
    return deliver(lane, label.build(), body, 30);
  }

  protected final MessageId deliver(Lane lane, Label label, Body body, int retentionDays) {
    Permitted message =
        PermittedFixture.permitted(
            MessageId.fresh(ReceiveKit.ORIGIN, now.toEpochMilli(), random),
            ReceiveKit.ORIGIN,
            lane,
            label,
            body,
            now,
            "test",
            retentionDays,
            ReceiveKit.SELF.value());
    kit.deliver(message);
    // What comes anew is committed behind it.
    ledger.commit(Lane.ROUTINE, tx -> tx);
    return message.messageId();
  }

  /** Its origin takes a message back. */
  public final void recalled(MessageId target) {
    Body recall =
        Body.newBuilder()
            .setRecall(
                Recall.newBuilder()
                    .setMessageId(ByteString.copyFrom(target.bytes()))
                    .setReason("the goods were genuine"))
            .build();
    deliver(Lane.FLASH, Label.newBuilder().setKind(Kind.KIND_RECALL).build(), recall, 365);
    kit.settle();
  }

  /** Delivery has given a message up until an operator decides. */
  public final void setAside(MessageId id) {
    InboxTable.PlacedRecord placed = requireNonNull(ledger.inbox().find(id));
    boolean aside =
        ledger.commit(
            Lane.ROUTINE,
            tx ->
                kit.setting()
                    .put(
                        tx,
                        new ProcessingFailure(Code.DAMAGED, "test"),
                        QuarantineRecord.newBuilder()
                            .setStep(QuarantineStep.QUARANTINE_STEP_DELIVERING)
                            .setLane(placed.lane().number())
                            .setPosition(placed.position())
                            .setUntilMs(Long.MAX_VALUE)
                            .setAgency(ReceiveKit.ORIGIN.value())
                            .addMessageIds(placed.record().getMessageId()),
                        new byte[0]));
    if (!aside) {
      throw new AssertionError("no room");
    }
  }

  @Override
  public void close() throws IOException {
    kit.close();
    closing();
    ledger.close();
    journal.close();
  }
}
