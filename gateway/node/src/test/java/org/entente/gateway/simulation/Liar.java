package org.entente.gateway.simulation;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.feature.operator.Links;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.node.assembly.GatewayCore;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.seal.SeededRandom;
import org.entente.gateway.seal.StolenKey;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.Stanza;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.seal.statement.SettledNumbers;
import org.entente.gateway.seal.statement.SettledStatement;
import org.entente.gateway.seal.statement.StatementFrame;
import org.entente.gateway.seal.statement.VoidStatement;
import org.entente.gateway.testkit.TestFederation;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.store.v1.HopEntry;
import org.entente.proto.store.v1.HopRecipient;
import org.entente.proto.store.v1.StoredEnvelope;
import org.entente.proto.v1.OnBehalfOf;

/**
 * The operator of a transit who meddles with its ledger: what it took into custody is dropped,
 * delayed, replayed or brought out of order, it says in the origin's name that numbers are
 * withdrawn or settled, and with stolen keys it wraps what it carries under later numbers.
 */
final class Liar {
  private static final Duration LIES_FOR = Duration.ofSeconds(12);
  private static final Duration EVERY = Duration.ofMillis(3);
  private static final int LIES = 8;
  private static final NodeName OPERATOR = new NodeName("operator");
  private static final OnBehalfOf WHY =
      OnBehalfOf.newBuilder().setOfficer("O-1").setJustification("the lies are over").build();

  private final List<SimNode> nodes;
  private final VirtualTime time;
  private final Random random;
  private final Ed25519SigningKey forged;
  private long until;
  private boolean lied;

  Liar(List<SimNode> nodes, VirtualTime time, Random random) {
    this.nodes = nodes;
    this.time = time;
    this.random = random;
    this.forged = Ed25519SigningKey.generate(new SeededRandom("liar"));
  }

  /** Begins to lie, for a while. */
  void lie() {
    lied = true;
    boolean lying = time.nanos() < until;
    until = time.nanos() + LIES_FOR.toNanos();
    if (!lying) {
      meddle();
    }
  }

  /** Is honest from now on; operators resume what an alarm has stopped. */
  void stop() {
    until = 0;
    if (lied) {
      for (SimNode node : nodes) {
        for (SimNode peer : nodes) {
          if (peer != node) {
            Lane.all().forEach(lane -> resume(node, peer.agency(), lane));
          }
        }
      }
    }
  }

  /** An alarm outlasts a restart: whoever finds the node down, or its disk failing, comes again. */
  private void resume(SimNode node, AgencyName peer, Lane lane) {
    SimNode.Run run = node.process();
    boolean[] done = {false};
    if (run != null) {
      run.run(() -> done[0] = isResumed(run, peer, lane));
    }
    if (!done[0]) {
      time.after(Duration.ofSeconds(1).toNanos(), () -> resume(node, peer, lane));
    }
  }

  private static boolean isResumed(SimNode.Run run, AgencyName peer, Lane lane) {
    try {
      GatewayCore core = run.core();
      Links links =
          new Links(
              core.self().agency(),
              core.ledger(),
              new LabelCheck(MessageLimits.defaults()),
              Set.of(peer),
              core.links());
      var unused = links.resume(OPERATOR, peer.value(), lane, WHY);
      return true;
    } catch (CompletionException e) {
      if (e.getCause() instanceof LedgerFailure) {
        return false;
      }
      throw e;
    }
  }

  private void meddle() {
    if (time.nanos() >= until) {
      return;
    }
    SimNode.Run transit = nodes.get(0).process();
    if (transit != null) {
      transit.run(() -> meddle(transit.core()));
    }
    time.after(EVERY.toNanos(), this::meddle);
  }

  private void meddle(GatewayCore transit) {
    for (SimNode peer : nodes) {
      for (Lane lane : Lane.all()) {
        List<HopQueueTable.NumberedEntry> queued =
            transit.ledger().hops().read(peer.agency(), lane, 1, 64, 1 << 20);
        if (!queued.isEmpty() && random.nextInt(4) == 0) {
          meddle(transit, peer.agency(), lane, queued.get(random.nextInt(queued.size())));
        }
      }
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a lie that is not kept is none
  private void meddle(
      GatewayCore transit, AgencyName peer, Lane lane, HopQueueTable.NumberedEntry one) {
    Ledger ledger = transit.ledger();
    switch (random.nextInt(LIES)) {
      case 0, 1 -> {
        HopEntry dropped = one.entry().toBuilder().clearRecipients().build();
        ledger.write(lane, tx -> ledger.hops().replace(tx, peer, lane, one.sequence(), dropped));
      }
      case 2 -> {
        byte[] hash = one.entry().getHeaderHash().toByteArray();
        ledger.write(
            lane,
            tx -> {
              StoredEnvelope envelope = ledger.envelopes().read(tx, hash);
              if (envelope == null) {
                return false;
              }
              ledger.envelopes().hold(tx, hash, envelope, 1);
              ledger.hops().append(tx, peer, lane, one.entry());
              return true;
            });
      }
      case 3 -> {
        // The later one first.
        ledger.write(
            lane,
            tx -> {
              List<HopQueueTable.NumberedEntry> two =
                  ledger.hops().read(peer, lane, one.sequence(), 2, 1L << 20);
              return two.size() == 2
                  && ledger
                      .hops()
                      .replace(tx, peer, lane, two.get(0).sequence(), two.get(1).entry())
                  && ledger
                      .hops()
                      .replace(tx, peer, lane, two.get(1).sequence(), two.get(0).entry());
            });
      }
      case 4 -> {
        transit.links().pause(peer, lane);
        time.after(
            Duration.ofSeconds(5).toNanos(),
            () -> {
              SimNode.Run run = nodes.get(0).process();
              if (run != null && run.core() == transit) {
                run.run(() -> transit.links().unpause(peer, lane));
              }
            });
      }
      case 5 -> settle(transit, peer, lane, one);
      case 6 -> consume(transit, peer, lane, one);
      default -> withdraw(transit, peer, lane, one);
    }
  }

  /** Wraps an envelope under a later number of its origin, with its recipient's day key. */
  @SuppressWarnings("FutureReturnValueIgnored") // a lie that is not kept is none
  private void consume(
      GatewayCore transit, AgencyName peer, Lane lane, HopQueueTable.NumberedEntry one) {
    Ledger ledger = transit.ledger();
    byte[] hash = one.entry().getHeaderHash().toByteArray();
    StoredEnvelope envelope = ledger.envelopes().read(hash);
    if (envelope == null || one.entry().getRecipientsCount() == 0) {
      return;
    }
    Optional<Stanza> taken = laterNumber(envelope, lane, one.entry().getRecipients(0));
    if (taken.isEmpty()) {
      return;
    }
    HopRecipient recipient =
        one.entry().getRecipients(0).toBuilder()
            .setStanza(ByteString.copyFrom(taken.get().encoded()))
            .build();
    HopEntry entry = one.entry().toBuilder().clearRecipients().addRecipients(recipient).build();
    ledger.write(
        lane,
        tx -> {
          ledger.envelopes().hold(tx, hash, envelope, 1);
          return ledger.hops().append(tx, peer, lane, entry);
        });
  }

  /** Empty unless the session's announcement travels along and the victim has its key still. */
  private Optional<Stanza> laterNumber(StoredEnvelope envelope, Lane lane, HopRecipient recipient) {
    SimNode victim =
        nodes.stream()
            .filter(node -> node.agency().value().equals(recipient.getAgency()))
            .findFirst()
            .orElseThrow();
    return SessionAnnouncement.parse(recipient.getAnnouncement().toByteArray())
        .flatMap(
            announcement ->
                victim
                    .stolenKey(announcement.terms().key().id())
                    .map(key -> new StolenKey(key, announcement)))
        .map(
            stolen -> {
              EnvelopeHeader header =
                  EnvelopeHeader.parse(envelope.getHeader().toByteArray()).orElseThrow();
              Stanza stanza = Stanza.parse(recipient.getStanza().toByteArray()).orElseThrow();
              OriginNumber number = stanza.number(lane);
              OriginNumber later =
                  new OriginNumber(number.epoch(), lane, number.sequence() + 1 + random.nextInt(3));
              return stolen.wrap(header, later, stolen.unwrap(header, stanza));
            });
  }

  /** Says in the origin's name that a number is withdrawn, under a signature that is not its. */
  private void withdraw(
      GatewayCore transit, AgencyName peer, Lane lane, HopQueueTable.NumberedEntry one) {
    lieAbout(
        transit,
        peer,
        lane,
        one,
        (origin, recipient, number) ->
            Notice.newBuilder()
                .setVoidStatement(
                    ByteString.copyFrom(
                        VoidStatement.sign(
                                new VoidStatement.Content(
                                    StatementFrame.to(
                                        TestFederation.NAME,
                                        origin,
                                        transit.self().node(),
                                        recipient,
                                        nodes.get(0).now().toEpochMilli()),
                                    List.of(
                                        new NumberedHeader(
                                            number, one.entry().getHeaderHash().toByteArray()))),
                                forged)
                            .encoded())));
  }

  /** Says in the origin's name that it owes nothing any more, under a signature that is not its. */
  private void settle(
      GatewayCore transit, AgencyName peer, Lane lane, HopQueueTable.NumberedEntry one) {
    lieAbout(
        transit,
        peer,
        lane,
        one,
        (origin, recipient, number) ->
            Notice.newBuilder()
                .setSettledStatement(
                    ByteString.copyFrom(
                        SettledStatement.sign(
                                new SettledStatement.Content(
                                    StatementFrame.to(
                                        TestFederation.NAME,
                                        origin,
                                        transit.self().node(),
                                        recipient,
                                        nodes.get(0).now().toEpochMilli()),
                                    List.of(
                                        new SettledNumbers(
                                            number.epoch(), lane, number.sequence() + 1))),
                                forged)
                            .encoded())));
  }

  private interface Lie {
    Notice.Builder of(AgencyName origin, AgencyName recipient, OriginNumber number);
  }

  private static void lieAbout(
      GatewayCore transit, AgencyName peer, Lane lane, HopQueueTable.NumberedEntry one, Lie lie) {
    byte[] hash = one.entry().getHeaderHash().toByteArray();
    StoredEnvelope envelope = transit.ledger().envelopes().read(hash);
    if (envelope == null || one.entry().getRecipientsCount() == 0) {
      return;
    }
    AgencyName origin =
        EnvelopeHeader.parse(envelope.getHeader().toByteArray()).orElseThrow().facts().origin();
    HopRecipient recipient = one.entry().getRecipients(0);
    AgencyName to = new AgencyName(recipient.getAgency());
    OriginNumber number =
        Stanza.parse(recipient.getStanza().toByteArray()).orElseThrow().number(lane);
    var unused =
        transit
            .links()
            .send(
                peer, lie.of(origin, to, number).setFrom(origin.value()).setTo(to.value()).build());
  }
}
