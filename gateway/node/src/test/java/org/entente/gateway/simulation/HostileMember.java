package org.entente.gateway.simulation;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.XWingPrivateKey;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.node.assembly.GatewayCore;
import org.entente.gateway.node.keys.KeystoreTheft;
import org.entente.gateway.seal.ContentKey;
import org.entente.gateway.seal.SeededRandom;
import org.entente.gateway.seal.StolenKey;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.format.SessionId;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.seal.statement.SettledNumbers;
import org.entente.gateway.seal.statement.SettledStatement;
import org.entente.gateway.seal.statement.StatementFrame;
import org.entente.gateway.seal.statement.VoidStatement;
import org.entente.gateway.testkit.TestFederation;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.KeyRequest;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.link.v1.Stanza;
import org.entente.proto.store.v1.HopEntry;
import org.entente.proto.store.v1.HopRecipient;
import org.entente.proto.store.v1.StoredEnvelope;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A member that attacks its neighbours by all that its own keys and links allow: storms of notices
 * in its own name and in those of others, streams under gateway names that it mints and then leaves
 * half-open, the mail of others sent to whom it was not addressed, also with a victim's stolen day
 * key, and recalls of its own mail as fast as it can publish.
 */
final class HostileMember {
  /** What it does; each run counts each. */
  enum Act {
    NOTICE_OF_ITS_OWN,
    NOTICE_OF_ANOTHER,
    STATEMENT_OF_ANOTHER,
    KEY_REQUEST,
    MINTED_NAME,
    INJECTION,
    STOLEN_KEY,
    RECALL
  }

  private static final long EVERY = Duration.ofMillis(10).toNanos();
  private static final int OVERHEARD = 64;
  private static final int AHEAD = 40;
  private static final int TEXT_LENGTH = 10;
  private static final int NAMES = 1_000;

  /** Each costs the simulated recipient a real write of its keystore. */
  private static final int MOST_RECALLS = 50;

  private static final NodeName CLIENT = new NodeName("declarations");
  private static final AgencyName TRANSIT = new AgencyName("x.hub");
  private static final OnBehalfOf WHY =
      OnBehalfOf.newBuilder().setOfficer("O-1").setJustification("hostile").build();

  private final SimNode node;
  private final List<SimNode> victims;
  private final AgencyName third;
  private final SimNetwork network;
  private final VirtualTime time;
  private final Random random;
  private final Ed25519SigningKey forged =
      Ed25519SigningKey.generate(new SeededRandom("hostile member"));
  private final Deque<Delivery> overheard = new ArrayDeque<>();
  private final Map<AgencyName, Delivery> announced = new HashMap<>();
  private final Map<SessionId, StolenKey> sessions = new HashMap<>();
  private final Map<Act, Integer> acts = new EnumMap<>(Act.class);
  private boolean over;
  private int published;

  /**
   * A member that does nothing yet.
   *
   * @param victims its neighbours
   * @param third in whose name it also speaks
   */
  HostileMember(
      SimNode node,
      List<SimNode> victims,
      AgencyName third,
      SimNetwork network,
      VirtualTime time,
      Random random) {
    this.node = node;
    this.victims = List.copyOf(victims);
    this.third = third;
    this.network = network;
    this.time = time;
    this.random = random;
    network.tap(this::overhear);
  }

  /** What comes to itself, and what a transit that is its accomplice hands to the victims. */
  private void overhear(AgencyName from, AgencyName to, Frame frame) {
    for (Delivery delivery : frame.getDeliveries().getDeliveriesList()) {
      if (!delivery.getHeader().isEmpty() && delivery.getStanzasCount() == 1) {
        Stanza stanza = delivery.getStanzas(0);
        if (isOfThird(delivery) && !stanza.getAnnouncement().isEmpty()) {
          announced.put(new AgencyName(stanza.getRecipient()), delivery);
        }
        if (to.equals(node.agency())) {
          overheard.add(delivery);
        }
      }
    }
    while (overheard.size() > OVERHEARD) {
      overheard.remove();
    }
  }

  private boolean isOfThird(Delivery delivery) {
    return delivery.getPath(0).equals(third.value());
  }

  /** Attacks until {@link #end}. */
  void begin() {
    SimNode.Run process = node.process();
    if (over) {
      return;
    }
    if (process != null) {
      for (SimNode victim : victims) {
        Act act = Act.values()[random.nextInt(Act.values().length)];
        process.run(() -> act(process, victim, act));
      }
    }
    time.after(EVERY, this::begin);
  }

  /** Does nothing more. */
  void end() {
    over = true;
  }

  /** How often it did what. */
  Map<Act, Integer> acts() {
    return acts;
  }

  private void act(SimNode.Run process, SimNode victim, Act act) {
    GatewayCore core = process.core();
    AgencyName self = node.agency();
    boolean able =
        switch (act) {
          case INJECTION -> overheard.stream().anyMatch(one -> isForeign(one, victim.agency()));
          case STOLEN_KEY -> booty(victim) != null;
          case RECALL -> published < MOST_RECALLS;
          default -> true;
        };
    if (!able) {
      return;
    }
    acts.merge(act, 1, Integer::sum);
    switch (act) {
      case NOTICE_OF_ITS_OWN -> say(core, victim, self, notice(noise()));
      case NOTICE_OF_ANOTHER -> say(core, victim, third, notice(noise()));
      case STATEMENT_OF_ANOTHER -> say(core, victim, third, statement(victim));
      case KEY_REQUEST ->
          say(
              core,
              victim,
              self,
              Notice.newBuilder().setKeyRequest(KeyRequest.newBuilder().setAgency(third.value())));
      case MINTED_NAME -> network.intrude(process, victim, "minted-" + random.nextInt(NAMES));
      case INJECTION -> inject(core, victim.agency());
      case STOLEN_KEY -> forge(core, victim);
      case RECALL -> publish(process, victim.agency());
    }
  }

  private static void say(GatewayCore core, SimNode to, AgencyName from, Notice.Builder notice) {
    var unused =
        core.links()
            .send(to.agency(), notice.setFrom(from.value()).setTo(to.agency().value()).build());
  }

  private static Notice.Builder notice(ByteString bytes) {
    return Notice.newBuilder().setSignedNotice(bytes);
  }

  private ByteString noise() {
    byte[] bytes = new byte[100 + random.nextInt(400)];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  /** That the third withdraws its next numbers, or owes none of them; signed by another key. */
  private Notice.Builder statement(SimNode victim) {
    long now = node.now().toEpochMilli();
    long epoch = node.now().getEpochSecond();
    Lane lane = Lane.all().get(random.nextInt(Lane.all().size()));
    if (random.nextBoolean()) {
      SettledStatement statement =
          SettledStatement.sign(
              new SettledStatement.Content(
                  StatementFrame.to(
                      TestFederation.NAME, third, victim.name().node(), victim.agency(), now),
                  List.of(new SettledNumbers(epoch, lane, AHEAD))),
              forged);
      return Notice.newBuilder().setSettledStatement(ByteString.copyFrom(statement.encoded()));
    }
    VoidStatement statement =
        VoidStatement.sign(
            new VoidStatement.Content(
                StatementFrame.to(
                    TestFederation.NAME, third, victim.name().node(), victim.agency(), now),
                List.of(new NumberedHeader(new OriginNumber(epoch, lane, 1), new byte[32]))),
            forged);
    return Notice.newBuilder().setVoidStatement(ByteString.copyFrom(statement.encoded()));
  }

  private static boolean isForeign(Delivery delivery, AgencyName victim) {
    return !delivery.getPath(0).equals(victim.value());
  }

  /** Sends a victim what another agency sent to this member, under its own stanza. */
  private void inject(GatewayCore core, AgencyName victim) {
    List<Delivery> foreign = overheard.stream().filter(one -> isForeign(one, victim)).toList();
    Delivery one = foreign.get(random.nextInt(foreign.size()));
    queue(core, victim, one, one.getStanzas(0));
  }

  /**
   * With the day keys of a victim and of itself: wraps the third's latest envelope to itself for
   * the victim, under numbers that the third has yet to give.
   */
  private void forge(GatewayCore core, SimNode victim) {
    Booty booty = booty(victim);
    if (booty == null) {
      return;
    }
    EnvelopeHeader header = header(booty.mine());
    OriginNumber known = stanza(booty.theirs()).number(header(booty.theirs()).facts().lane());
    ContentKey key = booty.own().unwrap(header, stanza(booty.mine()));
    OriginNumber next =
        new OriginNumber(
            known.epoch(), header.facts().lane(), known.sequence() + 1 + random.nextInt(2));
    SimNode.Run accomplice = accomplice();
    queue(
        random.nextBoolean() && accomplice != null ? accomplice.core() : core,
        victim.agency(),
        booty.mine(),
        booty.theirs().getStanzas(0).toBuilder()
            .setStanza(ByteString.copyFrom(booty.stolen().wrap(header, next, key).encoded()))
            .build());
  }

  /**
   * What a forgery needs.
   *
   * @param mine an envelope of the third to this member, with the announcement of its session
   * @param theirs the same to the victim
   * @param own the session of the first
   * @param stolen the session of the second
   */
  private record Booty(Delivery mine, Delivery theirs, StolenKey own, StolenKey stolen) {}

  private @Nullable Booty booty(SimNode victim) {
    Delivery mine = announced.get(node.agency());
    Delivery theirs = announced.get(victim.agency());
    if (mine == null || theirs == null) {
      return null;
    }
    return new Booty(mine, theirs, session(node, mine), session(victim, theirs));
  }

  private StolenKey session(SimNode robbed, Delivery delivery) {
    SessionAnnouncement announcement =
        SessionAnnouncement.parse(delivery.getStanzas(0).getAnnouncement().toByteArray())
            .orElseThrow();
    return sessions.computeIfAbsent(
        announcement.id(),
        id -> {
          try (XWingPrivateKey key =
              KeystoreTheft.dayKeyOfACopy(
                      robbed.keystore(), announcement.terms().key().id(), robbed::now)
                  .orElseThrow()) {
            return new StolenKey(key, announcement);
          }
        });
  }

  private SimNode.@Nullable Run accomplice() {
    return victims.stream()
        .filter(one -> one.agency().equals(TRANSIT))
        .findFirst()
        .map(SimNode::process)
        .orElse(null);
  }

  private static EnvelopeHeader header(Delivery delivery) {
    return EnvelopeHeader.parse(delivery.getHeader().toByteArray()).orElseThrow();
  }

  private static org.entente.gateway.seal.format.Stanza stanza(Delivery delivery) {
    return org.entente.gateway.seal.format.Stanza.parse(
            delivery.getStanzas(0).getStanza().toByteArray())
        .orElseThrow();
  }

  /** Queues an envelope for a victim under this stanza. */
  @SuppressWarnings("FutureReturnValueIgnored") // an attack that is not kept is none
  private void queue(GatewayCore core, AgencyName victim, Delivery one, Stanza stanza) {
    EnvelopeHeader header = header(one);
    Lane lane = header.facts().lane();
    HopEntry entry =
        HopEntry.newBuilder()
            .setHeaderHash(ByteString.copyFrom(header.hash()))
            .addRecipients(
                HopRecipient.newBuilder()
                    .setAgency(victim.value())
                    .setStanza(stanza.getStanza())
                    .setAnnouncement(stanza.getAnnouncement()))
            .addPath(header.facts().origin().value())
            .setQueuedAtMs(node.now().toEpochMilli())
            .setSize(one.getSerializedSize())
            .build();
    StoredEnvelope envelope =
        StoredEnvelope.newBuilder()
            .setHeader(one.getHeader())
            .setSignature(one.getSignature())
            .setLabels(one.getLabels())
            .setBodies(one.getBodies())
            .build();
    Ledger ledger = core.ledger();
    ledger.write(
        lane,
        tx -> {
          ledger.envelopes().hold(tx, header.hash(), envelope, 1);
          return ledger.hops().append(tx, victim, lane, entry);
        });
  }

  /** Publishes a message and recalls it as soon as it is accepted. */
  private void publish(SimNode.Run process, AgencyName victim) {
    String key = "hostile-" + published++;
    AgencyName to = victim.equals(TRANSIT) ? third : victim;
    Draft draft = SimPublisher.draft(key, Lane.ROUTINE, List.of(to.value()), TEXT_LENGTH);
    var unused =
        process
            .core()
            .intake()
            .publish(CLIENT, draft)
            .thenAccept(
                outcome -> {
                  if (outcome.hasAccepted()) {
                    process.post(0, () -> recall(process, outcome));
                  }
                });
  }

  private static void recall(SimNode.Run process, Outcome outcome) {
    MessageId id = MessageId.of(outcome.getMessageId().toByteArray());
    var unused = process.core().recalls().recall(CLIENT, id, "hostile", WHY, lookUps -> {});
  }
}
