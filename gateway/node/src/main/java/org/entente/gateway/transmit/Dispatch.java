package org.entente.gateway.transmit;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.CustodyBytes;
import org.entente.gateway.ledger.table.EnvelopeTable;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.proto.store.v1.ClientBytes;
import org.entente.proto.store.v1.HopEntry;
import org.entente.proto.store.v1.HopRecipient;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.entente.proto.store.v1.StoredEnvelope;

/**
 * Puts envelopes into hop queues, in the caller's transaction.
 *
 * <p>At the origin every recipient gets its origin number first; the hop queue of the next peer
 * then holds one entry for all recipients behind that peer. Mail for a recipient without a known
 * key or route waits outside the hop queues, so that it delays no other recipient. While any mail
 * waits for a recipient, later mail for it waits too, to keep the order.
 */
public final class Dispatch {
  private final EnvelopeTable envelopes;
  private final OutboxTable outbox;
  private final HopQueueTable hops;
  private final RoutingTable routes;
  private final WaitingRecipients waiting;
  private final Predicate<AgencyName> sendable;
  private final BiConsumer<AgencyName, Lane> wake;

  /**
   * Creates the dispatch of a ledger.
   *
   * @param waiting recipients that have waiting mail, so that new mail waits too
   * @param sendable whether a session can be made to a recipient now
   * @param wake called after the commit for a peer's lane with new entries
   */
  public Dispatch(
      EnvelopeTable envelopes,
      OutboxTable outbox,
      HopQueueTable hops,
      RoutingTable routes,
      WaitingRecipients waiting,
      Predicate<AgencyName> sendable,
      BiConsumer<AgencyName, Lane> wake) {
    this.envelopes = envelopes;
    this.outbox = outbox;
    this.hops = hops;
    this.routes = routes;
    this.waiting = waiting;
    this.sendable = sendable;
    this.wake = wake;
  }

  /** A recipient of a new envelope and the agreement that permits it. */
  public record Recipient(AgencyName agency, String agreement) {}

  /**
   * A new envelope of this agency. The array must not be modified.
   *
   * @param clients what clients have in it; none for what the gateway says
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record OutgoingEnvelope(
      byte[] headerHash,
      StoredEnvelope envelope,
      Lane lane,
      long expiresAtMillis,
      List<Recipient> recipients,
      List<ClientBytes> clients) {
    /** One in which no client has anything. */
    public OutgoingEnvelope(
        byte[] headerHash,
        StoredEnvelope envelope,
        Lane lane,
        long expiresAtMillis,
        List<Recipient> recipients) {
      this(headerHash, envelope, lane, expiresAtMillis, recipients, List.of());
    }

    /** Its bytes. */
    public int size() {
      return sizeOf(envelope);
    }

    /** The same with what clients have in it. */
    public OutgoingEnvelope of(List<ClientBytes> owners) {
      return new OutgoingEnvelope(headerHash, envelope, lane, expiresAtMillis, recipients, owners);
    }
  }

  /** Numbers an envelope for each recipient and queues it. */
  public void submit(Transaction tx, OutgoingEnvelope out) {
    envelopes.keep(tx, out.headerHash(), out.envelope(), out.recipients().size());
    Map<AgencyName, List<HopRecipient>> byHop = new LinkedHashMap<>();
    for (Recipient recipient : out.recipients()) {
      Optional<AgencyName> hop = hopNow(recipient.agency(), out.lane());
      OutboxState state =
          hop.isPresent() ? OutboxState.OUTBOX_STATE_QUEUED : OutboxState.OUTBOX_STATE_WAITING;
      if (hop.isEmpty()) {
        waiting.mark(recipient.agency());
      }
      OutboxEntry entry =
          handedTo(entry(tx, out, recipient.agreement(), state), recipient.agency(), hop);
      OriginNumber number = outbox.append(tx, recipient.agency(), out.lane(), entry);
      hop.ifPresent(
          peer ->
              byHop
                  .computeIfAbsent(peer, p -> new ArrayList<>())
                  .add(hopRecipient(recipient.agency(), number)));
    }
    int size = out.size();
    byHop.forEach(
        (peer, recipients) ->
            append(tx, peer, out.lane(), out.headerHash(), size, List.of(), recipients));
  }

  /**
   * Queues again what was waiting, got lost, or was refused or not brought by a transit: same
   * envelope, same number, a new stanza. It goes by another transit where the link of one carries
   * mail. False if there is no route now.
   */
  public boolean again(
      Transaction tx, AgencyName recipient, OriginNumber number, OutboxEntry entry) {
    Optional<AgencyName> hop =
        another(recipient, number.lane(), entry).or(() -> routes.nextHop(recipient, number.lane()));
    byte[] headerHash = entry.getHeaderHash().toByteArray();
    int size = size(tx, headerHash);
    if (hop.isEmpty() || size < 0) {
      return false;
    }
    outbox.update(
        tx,
        recipient,
        number,
        handedTo(entry, recipient, hop).toBuilder()
            .setState(OutboxState.OUTBOX_STATE_QUEUED)
            .setQueuedAtMs(tx.nowMillis())
            .setAttempts(entry.getAttempts() + 1)
            .build());
    append(
        tx,
        hop.get(),
        number.lane(),
        headerHash,
        size,
        List.of(),
        List.of(hopRecipient(recipient, number)));
    return true;
  }

  /** The size of an envelope: 0 if it cannot be read, which its transmission finds; -1 if gone. */
  private int size(Transaction tx, byte[] headerHash) {
    try {
      StoredEnvelope envelope = envelopes.read(tx, headerHash);
      return envelope == null ? -1 : sizeOf(envelope);
    } catch (CorruptRecord e) {
      return 0;
    }
  }

  /**
   * Records the transit that an entry is handed to. What waited begins again: its recipient asked
   * for it, or all transits had been tried. So does what now goes to its recipient directly.
   */
  private static OutboxEntry handedTo(
      OutboxEntry entry, AgencyName recipient, Optional<AgencyName> hop) {
    OutboxEntry.Builder handed = entry.toBuilder();
    boolean begins =
        entry.getState() == OutboxState.OUTBOX_STATE_WAITING
            || hop.filter(next -> !next.equals(recipient))
                .filter(next -> !entry.getTriedList().contains(next.value()))
                .isEmpty();
    if (begins) {
      handed.clearTried();
    }
    hop.filter(next -> !next.equals(recipient)).ifPresent(next -> handed.addTried(next.value()));
    return handed.build();
  }

  /** Whether an entry has been handed to another transit than this peer since. */
  static boolean isElsewhere(AgencyName peer, OutboxEntry entry) {
    return transit(entry).filter(last -> !last.equals(peer)).isPresent();
  }

  /** The transit that an entry was last handed to, if any. */
  static Optional<AgencyName> transit(OutboxEntry entry) {
    int count = entry.getTriedCount();
    return count == 0 ? Optional.empty() : Optional.of(new AgencyName(entry.getTried(count - 1)));
  }

  /** Whether a transit's link carries mail of a lane now. */
  boolean carries(AgencyName transit, Lane lane) {
    return routes.carries(transit, lane);
  }

  /** A transit that an entry was not handed to and whose link carries mail now. */
  Optional<AgencyName> untried(AgencyName recipient, Lane lane, OutboxEntry entry) {
    return routes.untried(recipient, lane, tried(entry));
  }

  /** The same, or else one that it was handed to before the last. */
  Optional<AgencyName> another(AgencyName recipient, Lane lane, OutboxEntry entry) {
    return routes.another(recipient, lane, tried(entry));
  }

  private static List<AgencyName> tried(OutboxEntry entry) {
    return entry.getTriedList().stream().map(AgencyName::new).toList();
  }

  /**
   * Records that the recipient has an entry. If a further transit brought it, each of which had it
   * once, those before are counted, and the last is preferred. Later rounds say nothing: the
   * recipient may have been away.
   */
  void arrived(AgencyName recipient, OutboxEntry entry) {
    List<AgencyName> tried = tried(entry);
    int last = tried.size() - 1;
    if (last > 0 && entry.getAttempts() == tried.size()) {
      tried.subList(0, last).forEach(one -> routes.bypassed(recipient, one, tried.get(last)));
    }
  }

  /**
   * At a transit: takes an envelope, whose content matches its header, into custody towards one
   * peer. A transit does not verify the signature. Its name includes the signature, so that the
   * envelope does not pass for one that came earlier under another signature.
   */
  public void relay(
      Transaction tx,
      AgencyName peer,
      Lane lane,
      StoredEnvelope envelope,
      List<String> path,
      List<HopRecipient> recipients) {
    byte[] name =
        Sha256.hash(envelope.getHeader().toByteArray(), envelope.getSignature().toByteArray());
    long expiresAtMillis =
        EnvelopeHeader.parse(envelope.getHeader().toByteArray())
            .map(header -> header.facts().expiresAtMs())
            .orElse(Long.MAX_VALUE);
    envelopes.hold(
        tx,
        name,
        envelope,
        new EnvelopeTable.Custody(
            expiresAtMillis,
            sizeOf(envelope),
            new CustodyBytes.Account(path.get(path.size() - 1), path.get(0), lane)));
    append(tx, peer, lane, name, sizeOf(envelope), path, recipients);
  }

  private Optional<AgencyName> hopNow(AgencyName recipient, Lane lane) {
    return sendable.test(recipient) && !waiting.isWaiting(recipient)
        ? routes.nextHop(recipient, lane)
        : Optional.empty();
  }

  private void append(
      Transaction tx,
      AgencyName peer,
      Lane lane,
      byte[] name,
      int size,
      List<String> path,
      List<HopRecipient> recipients) {
    hops.append(
        tx,
        peer,
        lane,
        HopEntry.newBuilder()
            .setHeaderHash(ByteString.copyFrom(name))
            .addAllRecipients(recipients)
            .addAllPath(path)
            .setQueuedAtMs(tx.nowMillis())
            .setSize(size)
            .build());
    tx.afterCommit(() -> wake.accept(peer, lane));
  }

  private static OutboxEntry entry(
      Transaction tx, OutgoingEnvelope out, String agreement, OutboxState state) {
    return OutboxEntry.newBuilder()
        .setHeaderHash(ByteString.copyFrom(out.headerHash()))
        .setState(state)
        .setExpiresAtMs(out.expiresAtMillis())
        .setQueuedAtMs(tx.nowMillis())
        .setAttempts(1)
        .setAgreement(agreement)
        .setBytes(out.size())
        .addAllClients(out.clients())
        .build();
  }

  private static HopRecipient hopRecipient(AgencyName agency, OriginNumber number) {
    return HopRecipient.newBuilder()
        .setAgency(agency.value())
        .setEpoch(number.epoch())
        .setSequence(number.sequence())
        .build();
  }

  private static int sizeOf(StoredEnvelope envelope) {
    return envelope.getHeader().size()
        + envelope.getSignature().size()
        + envelope.getLabels().size()
        + envelope.getBodies().size();
  }
}
