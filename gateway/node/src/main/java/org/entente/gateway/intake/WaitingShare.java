package org.entente.gateway.intake;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.DiskSpace;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Permit;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.transmit.OutboundSealer;
import org.entente.proto.store.v1.ClientBytes;

/**
 * Shares of what waits for one recipient. All of it leaves room on the disk for what goes to
 * others. Each client may have as much of it as is still free, so that <i>n</i> clients leave the
 * (<i>n</i> + 1)-th part to the others. FLASH has shares of its own. A message alone always has
 * room in its client's share. Drafts in progress do not count yet; each client's have limits of
 * their own. Safe for many threads.
 */
public final class WaitingShare {
  private final Ledger ledger;

  /** Those of the clients that have published: a token is the same for good. */
  private final Map<String, ByteString> tokens = new ConcurrentHashMap<>();

  /** The shares of a ledger. */
  public WaitingShare(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Why a message has no room now: on the disk, or in a share. Empty if it has. */
  Optional<Problem> lacksRoom(Submission message) {
    return lacksRoom(message.sharer(), message.parts());
  }

  /** The same of a client's message that is sealed alone. */
  public Optional<Problem> lacksRoom(NodeName client, Permitted message) {
    return lacksRoom(client.value(), List.of(message));
  }

  private Optional<Problem> lacksRoom(String sharer, List<Permitted> parts) {
    return ledger
        .room()
        .refusal()
        .or(
            () ->
                refusals(sharer, parts).stream()
                    .map(full -> new Problem(full.code(), "", full.reason()))
                    .findFirst());
  }

  /** A refusal for each recipient for whom a draft would exceed a share; others may have it. */
  List<Refusal> refusals(Submission draft) {
    return refusals(draft.sharer(), draft.parts());
  }

  private List<Refusal> refusals(String sharer, List<Permitted> parts) {
    ByteString client = token(sharer);
    long bytes = Submission.bytes(parts);
    List<Refusal> refusals = new ArrayList<>();
    for (Permitted part : parts) {
      for (Permit permit : part.permits()) {
        full(bytes, client, permit.recipient(), part.lane())
            .ifPresent(
                why ->
                    refusals.add(
                        new Refusal(permit.recipient().value(), Code.OVERLOADED, "", why)));
      }
    }
    return refusals;
  }

  private Optional<String> full(long bytes, ByteString client, AgencyName recipient, Lane lane) {
    DiskSpace room = ledger.room();
    long waiting = ledger.outbox().bytes(recipient, lane);
    if (!room.hasRoom(waiting, bytes)) {
      return Optional.of(
          "%d bytes wait for %s, its share of the disk; try again later"
              .formatted(waiting, recipient));
    }
    long own = ledger.outbox().bytes(recipient, lane, client);
    return own == 0 || own + bytes <= room.share() - waiting
        ? Optional.empty()
        : Optional.of(
            ("%d bytes of this client wait for %s, as many as other clients may still have;"
                    + " try again later")
                .formatted(own, recipient));
  }

  private ByteString token(String client) {
    return tokens.computeIfAbsent(client, name -> ByteString.copyFrom(ledger.names().token(name)));
  }

  /** The envelopes of a client's message that is sealed alone: they are the client's. */
  public List<OutboundSealer.ReadyEnvelope> owned(
      List<OutboundSealer.ReadyEnvelope> sealed, String client) {
    ByteString token = token(client);
    return sealed.stream()
        .map(one -> one.of(List.of(bytes(token, one.outgoing().size()))))
        .toList();
  }

  /** Whether something of a client waits for a recipient: in FLASH, or in all other lanes. */
  public boolean waits(AgencyName recipient, Lane lane, String client) {
    return ledger.outbox().bytes(recipient, lane, token(client)) > 0;
  }

  /** The envelopes of a round with what each client has in them. */
  List<OutboundSealer.ReadyEnvelope> owned(
      List<OutboundSealer.ReadyEnvelope> sealed, List<Submission> round) {
    Map<MessageId, Submission> submissions = new HashMap<>();
    round.forEach(one -> submissions.put(one.id(), one));
    return sealed.stream().map(one -> one.of(owners(one, submissions))).toList();
  }

  /** Each has a part of the envelope as large as that of its labels and bodies. */
  private List<ClientBytes> owners(
      OutboundSealer.ReadyEnvelope sealed, Map<MessageId, Submission> submissions) {
    Map<ByteString, Long> bytes = new LinkedHashMap<>();
    for (MessageId message : sealed.messages()) {
      Submission one = submissions.get(message);
      if (one != null) {
        bytes.merge(token(one.sharer()), one.bytes(), Long::sum);
      }
    }
    long all = bytes.values().stream().mapToLong(Long::longValue).sum();
    long size = sealed.outgoing().size();
    List<ClientBytes> owners = new ArrayList<>();
    bytes.forEach((client, own) -> owners.add(bytes(client, size * own / all)));
    return owners;
  }

  private static ClientBytes bytes(ByteString client, long bytes) {
    return ClientBytes.newBuilder().setToken(client).setBytes(bytes).build();
  }
}
