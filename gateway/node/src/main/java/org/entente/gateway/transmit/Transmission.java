package org.entente.gateway.transmit;

import com.google.protobuf.ByteString;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.link.QueuedEnvelope;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.ProtoBytes;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.seal.BindingSigner;
import org.entente.gateway.seal.ContentKey;
import org.entente.gateway.seal.SenderSessions;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.AddressedStanza;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Stanza;
import org.entente.proto.store.v1.HopEntry;
import org.entente.proto.store.v1.HopRecipient;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.entente.proto.store.v1.StoredEnvelope;

/**
 * Prepares the content of a hop number at the moment of transmission: stanzas under live sessions
 * at the origin, stored stanzas at a transit. A recipient that cannot be served now (no key in
 * force, expired, recalled, agreement ended) is removed durably before anything is sent without it.
 * A number left without recipients is transmitted as a void. Safe for many threads.
 */
public final class Transmission {
  private final Ledger ledger;
  private final DeliverySettlement settlement;
  private final SenderSessions sessions;
  private final BiFunction<EnvelopeHeader, StoredEnvelope, Optional<ContentKey>> contentKeys;
  private final QueuedPermitCheck permitted;
  private final Origin origin;
  private final UnsendableEntries unsendable;
  private final SendingOrder order;

  /**
   * The transmitting agency.
   *
   * @param bindings signs the stanzas that other agencies carry
   */
  public record Origin(AgencyName self, InstantSource clock, BindingSigner bindings) {}

  /**
   * Creates the transmission of a ledger.
   *
   * @param contentKeys opens the content key of an own envelope
   * @param unsendable handles entries that fail repeatedly
   */
  public Transmission(
      Ledger ledger,
      DeliverySettlement settlement,
      SenderSessions sessions,
      BiFunction<EnvelopeHeader, StoredEnvelope, Optional<ContentKey>> contentKeys,
      QueuedPermitCheck permitted,
      Origin origin,
      UnsendableEntries unsendable) {
    this.unsendable = unsendable;
    this.ledger = ledger;
    this.settlement = settlement;
    this.sessions = sessions;
    this.contentKeys = contentKeys;
    this.permitted = permitted;
    this.origin = origin;
    order = new SendingOrder(ledger.outbox());
  }

  /** An own envelope, without its content key if that can no longer be opened. */
  private record WaitingEnvelope(
      StoredEnvelope envelope,
      EnvelopeHeader header,
      Optional<ContentKey> key,
      boolean takenBack) {}

  /** The outcome for one recipient. */
  private sealed interface Fate {
    record Goes(Stanza stanza) implements Fate {}

    record Waits() implements Fate {}

    record Ends(Code code, String reason) implements Fate {}

    record Done() implements Fate {}

    /** Its content key is gone: only the recipient knows whether it came. */
    record Unknown() implements Fate {}

    /** This gateway failed repeatedly. */
    record Fails(ProcessingFailure mishap) implements Fate {}
  }

  /** Prepares the content of one number. */
  QueuedEnvelope prepare(
      AgencyName peer, Lane lane, long epoch, HopQueueTable.NumberedEntry numbered) {
    HopEntry entry = numbered.entry();
    byte[] name = entry.getHeaderHash().toByteArray();
    boolean relays = entry.getRecipientsList().stream().anyMatch(r -> !r.getStanza().isEmpty());
    StoredEnvelope envelope = null;
    List<Stanza> stanzas;
    try {
      if (relays && settlement.isExpiredCustody(entry, origin.clock().millis())) {
        ledger.commit(lane, tx -> endCustody(tx, peer, lane, numbered));
        return empty(epoch, numbered);
      }
      envelope = ledger.envelopes().read(name);
      stanzas = relays ? relayed(entry) : own(peer, lane, numbered, envelope);
    } catch (RuntimeException | StackOverflowError e) {
      if (ProcessingFailure.isOfTheMachine(e) || (relays && !(e instanceof CorruptRecord))) {
        throw e;
      }
      // Whatever fails here fails at each attempt, and would hold back all behind it.
      stanzas = failed(peer, lane, numbered, relays, e);
    }
    Delivery.Builder delivery =
        Delivery.newBuilder().setHopEpoch(epoch).setHopSequence(numbered.sequence());
    if (envelope != null && !stanzas.isEmpty()) {
      delivery
          .setHeader(envelope.getHeader())
          .setSignature(envelope.getSignature())
          .setLabels(envelope.getLabels())
          .setBodies(envelope.getBodies())
          .addAllStanzas(stanzas)
          .addAllPath(entry.getPathList())
          .addPath(origin.self().value());
    }
    ByteString headerHash =
        relays && envelope != null
            ? ByteString.copyFrom(Sha256.hash(envelope.getHeader().toByteArray()))
            : entry.getHeaderHash();
    return new QueuedEnvelope(numbered.sequence(), headerHash, delivery.build());
  }

  private boolean endCustody(
      Transaction tx, AgencyName peer, Lane lane, HopQueueTable.NumberedEntry numbered) {
    return settlement.endCustody(
        tx, new HopQueueTable.PlacedEntry(peer, lane, numbered.sequence(), numbered.entry()));
  }

  private static QueuedEnvelope empty(long epoch, HopQueueTable.NumberedEntry numbered) {
    return new QueuedEnvelope(
        numbered.sequence(),
        numbered.entry().getHeaderHash(),
        Delivery.newBuilder().setHopEpoch(epoch).setHopSequence(numbered.sequence()).build());
  }

  private static List<Stanza> relayed(HopEntry entry) {
    return entry.getRecipientsList().stream()
        .map(
            r ->
                Stanza.newBuilder()
                    .setRecipient(r.getAgency())
                    .setStanza(r.getStanza())
                    .setAnnouncement(r.getAnnouncement())
                    .build())
        .toList();
  }

  /**
   * Handles an envelope that cannot be read or prepared, which is not sent: an own one waits and is
   * finally quarantined; one in custody for others is sent as a void, and its origin sends it
   * again.
   */
  private List<Stanza> failed(
      AgencyName peer,
      Lane lane,
      HopQueueTable.NumberedEntry numbered,
      boolean relays,
      Throwable failure) {
    if (relays) {
      ledger.commit(lane, tx -> endCustody(tx, peer, lane, numbered));
      return List.of();
    }
    List<HopRecipient> recipients = numbered.entry().getRecipientsList();
    List<Fate> fates = new ArrayList<>();
    for (HopRecipient hop : recipients) {
      fates.add(failed(lane, hop, failure));
    }
    takeOut(peer, lane, numbered, fates, List.of());
    return List.of();
  }

  private Fate failed(Lane lane, HopRecipient hop, Throwable failure) {
    AgencyName recipient = new AgencyName(hop.getAgency());
    OriginNumber number = number(lane, hop);
    return unsendable
        .failed(recipient, number, failure)
        .<Fate>map(Fate.Fails::new)
        .orElseGet(Fate.Waits::new);
  }

  private List<Stanza> own(
      AgencyName peer,
      Lane lane,
      HopQueueTable.NumberedEntry numbered,
      @org.jspecify.annotations.Nullable StoredEnvelope envelope) {
    List<HopRecipient> recipients = numbered.entry().getRecipientsList();
    if (recipients.isEmpty()) {
      return List.of();
    }
    List<Fate> fates = fates(peer, lane, recipients, envelope);
    List<Stanza> stanzas = new ArrayList<>();
    List<HopRecipient> going = new ArrayList<>();
    for (int i = 0; i < recipients.size(); i++) {
      if (fates.get(i) instanceof Fate.Goes goes) {
        stanzas.add(goes.stanza());
        going.add(recipients.get(i));
      }
    }
    if (going.size() < recipients.size()) {
      // Durable before it is sent: a number once sent as a void stays one.
      takeOut(peer, lane, numbered, fates, going);
    }
    return stanzas;
  }

  private List<Fate> fates(
      AgencyName peer,
      Lane lane,
      List<HopRecipient> recipients,
      @org.jspecify.annotations.Nullable StoredEnvelope envelope) {
    Optional<EnvelopeHeader> header =
        envelope == null
            ? Optional.empty()
            : EnvelopeHeader.parse(ProtoBytes.array(envelope.getHeader()));
    if (envelope == null || header.isEmpty()) {
      return recipients.stream().<Fate>map(hop -> new Fate.Done()).toList();
    }
    boolean takenBack = isTakenBack(envelope);
    Optional<ContentKey> key = contentKeys.apply(header.get(), envelope);
    try {
      WaitingEnvelope waiting = new WaitingEnvelope(envelope, header.get(), key, takenBack);
      List<Fate> fates = new ArrayList<>();
      for (HopRecipient hop : recipients) {
        fates.add(guarded(peer, lane, hop, waiting));
      }
      return fates;
    } finally {
      key.ifPresent(ContentKey::close);
    }
  }

  /** Whether all its messages were recalled: messages sealed together are sent together. */
  private boolean isTakenBack(StoredEnvelope envelope) {
    return envelope.getMessageIdsCount() > 0
        && envelope.getMessageIdsList().stream()
            .allMatch(id -> ledger.retention().isTakenBack(MessageId.of(id.toByteArray())));
  }

  /** Isolates a failure for one recipient from the others and from the lane. */
  private Fate guarded(AgencyName peer, Lane lane, HopRecipient hop, WaitingEnvelope waiting) {
    try {
      return fate(peer, new AgencyName(hop.getAgency()), number(lane, hop), waiting);
    } catch (RuntimeException | StackOverflowError e) {
      if (ProcessingFailure.isOfTheMachine(e)) {
        throw e;
      }
      return failed(lane, hop, e);
    }
  }

  private static OriginNumber number(Lane lane, HopRecipient hop) {
    return new OriginNumber(hop.getEpoch(), lane, hop.getSequence());
  }

  private Fate fate(
      AgencyName peer, AgencyName recipient, OriginNumber number, WaitingEnvelope waiting) {
    OutboxEntry entry = ledger.outbox().read(recipient, number);
    if (entry == null
        || entry.getState() == OutboxState.OUTBOX_STATE_VOID
        || Dispatch.isElsewhere(peer, entry)) {
      return new Fate.Done();
    }
    if (waiting.takenBack()) {
      return new Fate.Ends(Code.RECALLED, "recalled before the recipient confirmed it");
    }
    if (entry.getExpiresAtMs() <= origin.clock().millis()) {
      return new Fate.Ends(Code.EXPIRED, "not delivered before its expiry");
    }
    if (!permitted.test(entry.getAgreement(), recipient)) {
      return new Fate.Ends(
          Code.AGREEMENT_ENDED, "agreement " + entry.getAgreement() + " is no longer in force");
    }
    Optional<Refusal> refused = permitted.refusal(entry.getAgreement(), recipient);
    if (refused.isPresent()) {
      return new Fate.Ends(refused.get().code(), refused.get().reason());
    }
    if (waiting.key().isEmpty()) {
      return new Fate.Unknown();
    }
    ContentKey key = waiting.key().get();
    Optional<Refusal> changed = permitted.refusal(waiting.envelope(), key, recipient);
    if (changed.isPresent()) {
      return new Fate.Ends(changed.get().code(), changed.get().reason());
    }
    Optional<AddressedStanza> wrapped =
        order.isBehind(peer, recipient, number, entry)
            ? Optional.empty()
            : sessions.wrap(waiting.header(), recipient, number, key);
    if (wrapped.isEmpty()) {
      order.waits(recipient, number);
      return new Fate.Waits();
    }
    order.sent(recipient, number, entry);
    AddressedStanza stanza = wrapped.get();
    return goes(
        recipient,
        number,
        peer.equals(recipient) ? stanza : bound(waiting.header(), recipient, stanza));
  }

  /** Other agencies carry it: the recipient cannot tell from the link who made the stanza. */
  private AddressedStanza bound(
      EnvelopeHeader header, AgencyName recipient, AddressedStanza addressed) {
    return new AddressedStanza(
        origin.bindings().bind(header, recipient, addressed.stanza()), addressed.announcement());
  }

  private Fate goes(AgencyName recipient, OriginNumber number, AddressedStanza stanza) {
    if (stanza.announcement().isPresent()) {
      settlement.sentUnder(recipient, number, stanza.stanza().session());
    }
    return new Fate.Goes(wire(recipient, stanza));
  }

  private static Stanza wire(AgencyName recipient, AddressedStanza addressed) {
    Stanza.Builder stanza =
        Stanza.newBuilder()
            .setRecipient(recipient.value())
            .setStanza(ByteString.copyFrom(addressed.stanza().encoded()));
    addressed
        .announcement()
        .ifPresent(a -> stanza.setAnnouncement(ByteString.copyFrom(a.encoded())));
    return stanza.build();
  }

  /**
   * Takes recipients out of a number. Many are withdrawn before, in as many changes as their
   * evidence needs: a recipient that is withdrawn is passed over here, and when the number is
   * prepared again.
   */
  private void takeOut(
      AgencyName peer,
      Lane lane,
      HopQueueTable.NumberedEntry numbered,
      List<Fate> fates,
      List<HopRecipient> going) {
    List<HopRecipient> recipients = numbered.entry().getRecipientsList();
    if (recipients.size() > DeliverySettlement.RECIPIENTS_TOGETHER) {
      List<Integer> ended =
          IntStream.range(0, fates.size())
              .filter(i -> fates.get(i) instanceof Fate.Ends)
              .boxed()
              .toList();
      ledger.commitEach(lane, ended, (tx, i) -> takeOut(tx, lane, recipients.get(i), fates.get(i)));
    }
    HopEntry left = numbered.entry().toBuilder().clearRecipients().addAllRecipients(going).build();
    ledger.commit(
        lane,
        tx -> {
          for (int i = 0; i < recipients.size(); i++) {
            takeOut(tx, lane, recipients.get(i), fates.get(i));
          }
          return ledger.hops().replace(tx, peer, lane, numbered.sequence(), left);
        });
  }

  private void takeOut(Transaction tx, Lane lane, HopRecipient hop, Fate fate) {
    AgencyName recipient = new AgencyName(hop.getAgency());
    OriginNumber number = number(lane, hop);
    if (fate instanceof Fate.Ends ends) {
      settlement.withdraw(tx, recipient, number, ends.code(), ends.reason());
    } else if (fate instanceof Fate.Unknown) {
      settlement.ask(tx, recipient, number);
    } else if (fate instanceof Fate.Waits) {
      settlement.park(tx, recipient, number);
    } else if (fate instanceof Fate.Fails fails) {
      unsendable.put(tx, recipient, number, fails.mishap());
    }
  }
}
