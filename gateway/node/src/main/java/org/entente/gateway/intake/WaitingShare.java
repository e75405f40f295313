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
import org.entente.gateway.model.Permit;
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
final class WaitingShare {
  private final Ledger ledger;

  /** Those of the clients that have published: a token is the same for good. */
  private final Map<String, ByteString> tokens = new ConcurrentHashMap<>();

  WaitingShare(Ledger ledger) {
    this.ledger = ledger;
  }

  /** A refusal for each recipient for whom a draft would exceed a share; others may have it. */
  List<Refusal> refusals(Submission draft) {
    ByteString client = token(draft.sharer());
    List<Refusal> refusals = new ArrayList<>();
    for (Permitted part : draft.parts()) {
      for (Permit permit : part.permits()) {
        full(draft, client, permit.recipient(), part.lane())
            .ifPresent(
                why ->
                    refusals.add(
                        new Refusal(permit.recipient().value(), Code.OVERLOADED, "", why)));
      }
    }
    return refusals;
  }

  private Optional<String> full(
      Submission draft, ByteString client, AgencyName recipient, Lane lane) {
    DiskSpace room = ledger.room();
    long waiting = ledger.outbox().bytes(recipient, lane);
    if (!room.hasRoom(waiting, draft.bytes())) {
      return Optional.of(
          "%d bytes wait for %s, its share of the disk; try again later"
              .formatted(waiting, recipient));
    }
    long own = ledger.outbox().bytes(recipient, lane, client);
    return own == 0 || own + draft.bytes() <= room.share() - waiting
        ? Optional.empty()
        : Optional.of(
            ("%d bytes of this client wait for %s, as many as other clients may still have;"
                    + " try again later")
                .formatted(own, recipient));
  }

  private ByteString token(String client) {
    return tokens.computeIfAbsent(client, name -> ByteString.copyFrom(ledger.names().token(name)));
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
    bytes.forEach(
        (client, own) ->
            owners.add(
                ClientBytes.newBuilder().setToken(client).setBytes(size * own / all).build()));
    return owners;
  }
}
