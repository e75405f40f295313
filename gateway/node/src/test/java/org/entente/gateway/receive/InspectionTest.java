package org.entente.gateway.receive;

import static org.entente.gateway.receive.RecipientNode.FAR;
import static org.entente.gateway.receive.RecipientNode.LANE;
import static org.entente.gateway.receive.RecipientNode.ORIGIN;
import static org.entente.gateway.receive.RecipientNode.SELF;
import static org.entente.gateway.receive.RecipientNode.via;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.account.Work;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.batch.BatchPlanner;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.batch.SealingItem;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.ledger.table.HopQueueTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.seal.format.Envelope;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.RelayRefusal;
import org.entente.proto.link.v1.Result;
import org.entente.proto.link.v1.Stanza;
import org.entente.proto.store.v1.HopEntry;
import org.entente.proto.store.v1.StoredEnvelope;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a delivery turns out to be: taken, carried on, left to its origin or refused. */
class InspectionTest {
  @AutoClose private final RecipientNode node;

  InspectionTest(@TempDir Path folder) throws IOException {
    node = new RecipientNode(folder);
  }

  private Delivery sealed() {
    return node.kit.seal(node.alert("two containers")).get(0);
  }

  private Receipt from(AgencyName peer, Delivery delivery) {
    return node.kit.handOver(peer, LANE, List.of(delivery)).get(0);
  }

  private static Stanza to(String recipient) {
    return Stanza.newBuilder()
        .setRecipient(recipient)
        .setStanza(ByteString.copyFromUtf8("stanza of " + recipient))
        .setAnnouncement(ByteString.copyFromUtf8("announcement of " + recipient))
        .build();
  }

  /** The envelope with these stanzas only. */
  private static Delivery carrying(Delivery delivery, Stanza... stanzas) {
    return delivery.toBuilder().clearStanzas().addAllStanzas(List.of(stanzas)).build();
  }

  private void assertRefused(Code code, String reason, Receipt receipt) {
    assertEquals(Result.RESULT_REFUSED, receipt.getResult(), receipt::toString);
    assertEquals(code.name(), receipt.getCode());
    AuditRecord leaf = node.leaves.last();
    assertEquals(AuditType.REFUSED, leaf.type());
    assertEquals(code.name(), leaf.outcome().code());
    assertEquals(reason, leaf.outcome().detail());
    assertEquals(0, node.ledger.windows().all(ORIGIN).size(), "no number is taken");
  }

  /** An envelope that says it holds the most messages. */
  private Delivery junk(String origin) {
    byte[] content = {1};
    EnvelopeFacts facts =
        new EnvelopeFacts(
            new AgencyName(origin),
            new NodeName("gateway-1"),
            EnvelopeId.fresh(node.clock.millis(), node.random),
            LANE,
            false,
            node.clock.millis(),
            node.clock.millis() + 1);
    EnvelopeHeader header = EnvelopeHeader.over(facts, EnvelopeHeader.MAX_COUNT, content, content);
    return Delivery.newBuilder()
        .setHeader(ByteString.copyFrom(header.encoded()))
        .addStanzas(to(SELF.value()))
        .build();
  }

  /** How many are inspected until one is beyond its share. */
  private int inspected(String origin, AgencyName... before) {
    for (int taken = 0; taken < 100; taken++) {
      AgencyName[] path =
          Stream.concat(Stream.of(new AgencyName(origin)), Stream.of(before))
              .toArray(AgencyName[]::new);
      Receipt receipt = from(HUB, via(junk(origin), path));
      if (receipt.getCode().equals(Code.OVERLOADED.name())) {
        assertEquals(Result.RESULT_REWRAP, receipt.getResult());
        return taken;
      }
    }
    throw new AssertionError("all are inspected");
  }

  /** Threat 93. */
  @Test
  void mailBeyondItsShareOfTheTransit_isLeftToItsOrigin_andForgedOriginsShareThatOfTheForger() {
    AgencyName forger = new AgencyName("x.bad");
    assertTrue(inspected("us.cbp", forger, HUB) > 0);
    for (int i = 0; i < 20; i++) {
      assertEquals(0, inspected("us.member" + i, forger, HUB));
    }
    assertEquals(2, inspected("sg.police", HUB), "half of what is left, however many are named");
    assertEquals(List.of(), node.kit.asked());
    assertEquals(
        Result.RESULT_COMMITTED, from(HUB, via(node.kit.bound(sealed()), ORIGIN, HUB)).getResult());
  }

  /** Threat 93: each name would be another share. */
  @Test
  void pathThroughMembersThatAreNoTransits_hasOneShare_howeverManyAreNamed() {
    assertTrue(inspected("us.cbp", new AgencyName("us.member"), HUB) > 0);
    for (int i = 0; i < 20; i++) {
      assertEquals(0, inspected("us.cbp", new AgencyName("us.member" + i), HUB));
    }
    assertTrue(inspected("sg.police", HUB) > 0);
  }

  /** Threat 91: an origin that uses in turn more sessions than are held in memory. */
  @Test
  void sessionLearnedFromTheLedger_costsItsOrigin() {
    Delivery first = sealed();
    from(ORIGIN, first);
    Delivery.Builder again = sealed().toBuilder();
    again.setStanzas(0, again.getStanzas(0).toBuilder().clearAnnouncement());
    assertEquals(Result.RESULT_COMMITTED, from(ORIGIN, again.build()).getResult());
    assertEquals(0, node.kit.accounts().of(ORIGIN.value()).used(Work.VERIFICATIONS));
    node.kit.forgetSessions();
    Delivery.Builder third = sealed().toBuilder();
    third.setStanzas(0, third.getStanzas(0).toBuilder().clearAnnouncement());
    assertEquals(Result.RESULT_COMMITTED, from(ORIGIN, third.build()).getResult());
    assertEquals(3, node.kit.accounts().of(ORIGIN.value()).used(Work.VERIFICATIONS));
  }

  /** Threat 91, and 93: an honest transit cannot see all that is wrong at the next gateway. */
  @Test
  void carriedDelivery_thatIsRefusedUnverified_costsTheShareOfThoseBeforeTheNeighbour() {
    Delivery spoilt = sealed().toBuilder().setHeader(ByteString.copyFromUtf8("header")).build();
    assertEquals(Code.MALFORMED.name(), from(HUB, via(spoilt, ORIGIN, HUB)).getCode());
    long once = node.kit.accounts().of(HUB.value()).used(Work.VERIFICATIONS);
    assertTrue(once > 0);
    assertEquals(Code.ROUTING_LOOP.name(), from(HUB, via(sealed(), ORIGIN, SELF, HUB)).getCode());
    assertEquals(2 * once, node.kit.accounts().of(HUB.value()).used(Work.VERIFICATIONS));
    assertEquals(0, node.kit.accounts().of(HUB.value()).used(Work.MESSAGES));
    for (int i = 0; i < 100; i++) {
      assertEquals(Code.ROUTING_LOOP.name(), from(HUB, via(sealed(), ORIGIN, SELF, HUB)).getCode());
    }
    assertEquals(0, node.kit.accounts().of(HUB.value()).charge(Work.VERIFICATIONS, 0), "no debt");
    // Less than half is left, so shares count; and this one has not used up its own.
    long unused = node.kit.accounts().of(HUB.value()).charge(Work.VERIFICATIONS, 5_000);
    assertEquals(0, unused);
    AgencyName[] endless =
        Stream.concat(Stream.generate(() -> FAR).limit(100_000), Stream.of(HUB))
            .toArray(AgencyName[]::new);
    assertEquals(Code.ROUTING_LOOP.name(), from(HUB, via(sealed(), endless)).getCode());
    AgencyName other = new AgencyName("sg.police");
    assertTrue(inspected(other.value(), HUB) > 0, "the mail of others goes on");
  }

  /** Threat 91: a leaf is kept for ten years. */
  @Test
  void deliveriesRefusedInAFlood_areFewLeaves_andTheNextCountsTheOthers() {
    Delivery spoilt = sealed().toBuilder().setHeader(ByteString.copyFromUtf8("header")).build();
    for (int i = 0; i < 100; i++) {
      assertEquals(Result.RESULT_REFUSED, node.kit.handOver(LANE, spoilt).getResult());
    }
    assertEquals(RefusalLeafLimit.MOST, node.leaves(AuditType.REFUSED).size());
    assertEquals(100, node.kit.reports().take().size());
    assertEquals(Code.MALFORMED.name(), from(HUB, via(spoilt, ORIGIN, HUB)).getCode());
    assertEquals(AuditActor.gateway(HUB), node.leaves.last().actor(), "another neighbour");
    node.clock.move(RefusalLeafLimit.INTERVAL);
    assertRefused(
        Code.MALFORMED,
        "the header cannot be read; 90 more since the last such line",
        node.kit.handOver(LANE, spoilt));
  }

  /** A member behind an honest transit hides no refusal of another that comes the same way. */
  @Test
  void refusalsInAFlood_throughATransit_leaveEachOtherItsLeaves() {
    Delivery spoilt = sealed().toBuilder().setHeader(ByteString.copyFromUtf8("header")).build();
    AgencyName flooding = new AgencyName("x.flooding");
    for (int i = 0; i < 100; i++) {
      from(HUB, via(spoilt, flooding, HUB));
    }
    assertEquals(RefusalLeafLimit.MOST, node.leaves(AuditType.REFUSED).size());
    assertRefused(
        Code.MALFORMED,
        "the header cannot be read; 90 more since the last such line",
        from(HUB, via(spoilt, new AgencyName("sg.police"), HUB)));
    from(HUB, via(spoilt, HUB));
    from(HUB, via(spoilt, ORIGIN, flooding, HUB));
    assertEquals(RefusalLeafLimit.MOST + 2, node.leaves(AuditType.REFUSED).size(), "of the hub");
    for (int minute = 0; minute < 10; minute++) {
      for (int i = 0; i < 60; i++) {
        from(HUB, via(spoilt, flooding, HUB));
        node.clock.move(Duration.ofSeconds(1));
      }
      int before = node.leaves(AuditType.REFUSED).size();
      from(HUB, via(spoilt, new AgencyName("sg.police"), HUB));
      assertEquals(before + 1, node.leaves(AuditType.REFUSED).size());
    }
  }

  /** A hostile transit makes no more leaves by claiming paths. */
  @Test
  void refusals_ofPathsThatATransitMakesUp_areOfOneRate() {
    Delivery spoilt = sealed().toBuilder().setHeader(ByteString.copyFromUtf8("header")).build();
    int named = 30;
    for (int second = 0; second < 600; second++) {
      for (int i = 0; i < named; i++) {
        from(HUB, via(spoilt, new AgencyName("us.member" + i), HUB));
      }
      node.clock.move(Duration.ofSeconds(1));
    }
    int leaves = node.leaves(AuditType.REFUSED).size();
    int rates = 2 * 10 * RefusalLeafLimit.MOST;
    assertTrue(leaves <= rates + named, leaves + " leaves in ten minutes, of 18,000 refusals");
    assertTrue(leaves > rates / 2);
  }

  @Test
  void number_withoutContent_isTaken_andLeavesNothing() {
    Receipt receipt = node.kit.handOver(LANE, Delivery.getDefaultInstance());
    assertEquals(Result.RESULT_COMMITTED, receipt.getResult());
    assertEquals("", receipt.getCode());
    assertEquals(0, node.leaves.count());
    assertEquals(2, node.ledger.hopIntake().head(ORIGIN, LANE).next());
  }

  @Test
  void header_thatCannotBeRead_isRefused_onRecord() {
    Delivery spoilt = sealed().toBuilder().setHeader(ByteString.copyFromUtf8("header")).build();
    assertRefused(Code.MALFORMED, "the header cannot be read", node.kit.handOver(LANE, spoilt));
    AuditRecord leaf = node.leaves.only(AuditType.REFUSED);
    assertNull(leaf.subject().envelope());
    assertEquals(List.of(ORIGIN), leaf.subject().agencies());
    assertEquals(AuditActor.gateway(ORIGIN), leaf.actor());
    assertEquals(List.of("refused fr.customs MALFORMED"), node.kit.reports().take());
  }

  @Test
  void path_thatDoesNotLeadFromTheOriginThroughThePeer_isRefused() {
    AgencyName a = new AgencyName("x.a");
    AgencyName b = new AgencyName("x.b");
    Delivery sealed = sealed();
    for (Delivery wrong :
        List.of(
            via(sealed),
            via(sealed, ORIGIN),
            via(sealed, HUB),
            via(sealed, a, HUB),
            via(sealed, ORIGIN, SELF, HUB),
            via(sealed, ORIGIN, a, b, a, HUB))) {
      assertRefused(
          Code.ROUTING_LOOP, "its path does not lead from the origin to here", from(HUB, wrong));
    }
    AuditRecord leaf = node.leaves.last();
    assertEquals(RecipientNode.header(sealed).facts().id(), leaf.subject().envelope());
    assertEquals(List.of(HUB), leaf.subject().agencies());
    assertEquals(Result.RESULT_COMMITTED, from(HUB, via(sealed, ORIGIN, a, b, HUB)).getResult());
  }

  /** Attack: each name in between would be another share, and work would leave no debt. */
  @Test
  void path_thatLeadsBackToItsOrigin_isRefused() {
    Delivery sealed = sealed();
    assertRefused(
        Code.ROUTING_LOOP,
        "its path does not lead from the origin to here",
        from(ORIGIN, via(sealed, ORIGIN, HUB, ORIGIN)));
    assertRefused(
        Code.ROUTING_LOOP,
        "its path does not lead from the origin to here",
        from(HUB, via(sealed, ORIGIN, HUB, HUB)));
  }

  /** Threat 93: nothing of it is opened, and its origin is told nothing. */
  @Test
  void mailOfAnother_byANeighbourThatIsNoTransit_isRefused_andItsOriginIsNotAsked() {
    Delivery sealed = sealed();
    Delivery unannounced =
        carrying(sealed, sealed.getStanzas(0).toBuilder().clearAnnouncement().build());
    for (Delivery delivery :
        List.of(sealed, spoilt(sealed), unannounced, carrying(sealed, to(FAR.value())))) {
      assertRefused(
          Code.IDENTITY_MISMATCH,
          "only a transit carries the mail of others",
          from(SG, via(delivery, ORIGIN, SG)));
      assertEquals(
          List.of("refused sg.police IDENTITY_MISMATCH"), node.kit.reports().take(), "only this");
    }
    assertEquals(0, node.ledger.hops().depth(HUB, LANE));
    assertEquals(Result.RESULT_COMMITTED, from(HUB, via(sealed, ORIGIN, HUB)).getResult());
  }

  @Test
  void header_ofAnotherLane_isRefused() {
    assertRefused(
        Code.HEADER_MISMATCH,
        "the header names another lane",
        node.kit.handOver(Lane.FLASH, sealed()));
  }

  @Test
  void origin_thatIsNoMember_orThisAgency_isRefused() {
    node.strangers.add(ORIGIN);
    assertRefused(
        Code.UNKNOWN_PEER, "its origin is not another member", node.kit.handOver(sealed()));
    Permitted own =
        PermittedFixture.alert(
            node.id(), SELF, LANE, RecipientNode.text("own"), RecipientNode.START, SG.value());
    Envelope envelope =
        new Sealer(
                SELF,
                ReceiveKit.originGateway(),
                Ed25519SigningKey.generate(node.random),
                node.random,
                node.clock)
            .seal(BatchPlanner.group(List.of(SealingItem.of(own)), 64, 1 << 20).get(0))
            .envelope();
    Delivery looped =
        Delivery.newBuilder()
            .setHeader(ByteString.copyFrom(envelope.header().encoded()))
            .setSignature(ByteString.copyFrom(envelope.signature()))
            .setLabels(ByteString.copyFrom(envelope.labels()))
            .setBodies(ByteString.copyFrom(envelope.bodies()))
            .addPath(SELF.value())
            .addPath(HUB.value())
            .addStanzas(to(SG.value()))
            .build();
    assertEquals(Result.RESULT_REFUSED, from(HUB, looped).getResult());
  }

  @Test
  void envelope_cutShort_isRefused() {
    Delivery sealed = sealed();
    ByteString bodies = sealed.getBodies();
    assertRefused(
        Code.MALFORMED,
        "its lengths differ from those in the header",
        node.kit.handOver(
            sealed.toBuilder().setBodies(bodies.substring(0, bodies.size() - 1)).build()));
  }

  @Test
  void envelope_withoutStanza_orWithOneThatCannotBeRead_isRefused() {
    Delivery sealed = sealed();
    assertRefused(Code.MALFORMED, "it has no stanza", node.kit.handOver(carrying(sealed)));
    assertRefused(
        Code.MALFORMED,
        "the stanza cannot be read",
        node.kit.handOver(carrying(sealed, to(SELF.value()))));
    assertRefused(
        Code.MALFORMED,
        "a stanza names no agency",
        node.kit.handOver(carrying(sealed, to("No Agency"))));
  }

  @Test
  void stanza_ofAnother_isCarriedOn_andTheEnvelopeTakenIntoCustody() {
    Delivery delivery = carrying(sealed(), to(SG.value()));
    EnvelopeHeader header = RecipientNode.header(delivery);
    Receipt receipt = node.kit.handOver(delivery);
    assertEquals(Result.RESULT_COMMITTED, receipt.getResult());
    assertEquals("", receipt.getCode());

    List<HopQueueTable.NumberedEntry> queued = node.ledger.hops().read(SG, LANE, 1, 10, 1 << 20);
    assertEquals(1, queued.size());
    HopEntry entry = queued.get(0).entry();
    assertEquals(List.of(ORIGIN.value()), entry.getPathList());
    assertEquals(1, entry.getRecipientsCount());
    assertEquals(SG.value(), entry.getRecipients(0).getAgency());
    assertEquals(to(SG.value()).getStanza(), entry.getRecipients(0).getStanza());
    assertEquals(to(SG.value()).getAnnouncement(), entry.getRecipients(0).getAnnouncement());
    StoredEnvelope held = inCustody(entry);
    assertEquals(delivery.getHeader(), held.getHeader());
    assertEquals(delivery.getSignature(), held.getSignature());
    assertEquals(delivery.getLabels(), held.getLabels());
    assertEquals(delivery.getBodies(), held.getBodies());

    AuditRecord leaf = node.leaves.only(AuditType.RELAYED);
    assertEquals(1, node.leaves.count());
    assertEquals(header.facts().id(), leaf.subject().envelope());
    assertEquals(List.of(SG), leaf.subject().agencies());
    assertEquals(List.of(), leaf.subject().messages());
    assertEquals(AuditActor.gateway(ORIGIN), leaf.actor());
    assertTrue(
        node.kit.meters().text().contains("entente_relayed_total{peer=\"sg.police\",} 1.0"),
        node.kit.meters()::text);
    assertEquals(0, node.ledger.windows().all(ORIGIN).size(), "its number is its recipient's");
  }

  private StoredEnvelope inCustody(HopEntry entry) {
    return Objects.requireNonNull(
        node.ledger.envelopes().read(entry.getHeaderHash().toByteArray()), "custody");
  }

  /** Threat 94: whoever was sent an envelope knows its header, and sends it first. */
  @Test
  void content_thatIsNotTheHeaders_isNotTakenIntoCustody_andTheGenuineIs() {
    Delivery genuine = carrying(sealed(), to(SG.value()));
    for (Delivery junk : List.of(spoilt(genuine), spoiltLabels(genuine))) {
      assertRefused(
          Code.HEADER_MISMATCH,
          "its content is not what the header names",
          from(HUB, via(junk, ORIGIN, HUB)));
      assertEquals(0, node.ledger.hops().depth(SG, LANE));
      assertEquals(List.of(), node.leaves(AuditType.RELAYED));
    }
    assertEquals(Result.RESULT_COMMITTED, node.kit.handOver(genuine).getResult());
    StoredEnvelope held =
        inCustody(node.ledger.hops().read(SG, LANE, 1, 10, 1 << 20).get(0).entry());
    assertEquals(genuine.getLabels(), held.getLabels());
    assertEquals(genuine.getBodies(), held.getBodies());
  }

  /** Threat 94: a transit cannot verify the signature, but keeps each apart. */
  @Test
  void signature_thatIsNone_replacesNotTheGenuineOne_inCustody() {
    Delivery genuine = carrying(sealed(), to(SG.value()));
    ByteString none = ByteString.copyFrom(new byte[genuine.getSignature().size()]);
    from(HUB, via(genuine.toBuilder().setSignature(none).build(), ORIGIN, HUB));
    assertEquals(Result.RESULT_COMMITTED, node.kit.handOver(genuine).getResult());
    List<HopQueueTable.NumberedEntry> queued = node.ledger.hops().read(SG, LANE, 1, 10, 1 << 20);
    assertEquals(none, inCustody(queued.get(0).entry()).getSignature());
    assertEquals(genuine.getSignature(), inCustody(queued.get(1).entry()).getSignature());
  }

  @Test
  void stanzas_ofOneNextHop_goTogether_andTheOwnIsTakenBesides() {
    Permitted message = node.alert("for three");
    Delivery sealed = node.kit.seal(message).get(0);
    Delivery delivery =
        sealed.toBuilder()
            .addStanzas(to(HUB.value()))
            .addStanzas(to(FAR.value()))
            .addStanzas(to(SG.value()))
            .build();
    assertEquals(Result.RESULT_COMMITTED, node.kit.handOver(delivery).getResult());
    assertTrue(node.isHere(message.messageId()));
    List<HopQueueTable.NumberedEntry> hub = node.ledger.hops().read(HUB, LANE, 1, 10, 1 << 20);
    assertEquals(1, hub.size());
    assertEquals(
        List.of(HUB.value(), FAR.value()),
        hub.get(0).entry().getRecipientsList().stream().map(r -> r.getAgency()).toList());
    assertEquals(1, node.ledger.hops().depth(SG, LANE));
    assertEquals(2, node.leaves(AuditType.RELAYED).size());
  }

  @Test
  void stanza_withoutAWayOn_besidesOthers_isNamedInTheReceipt() {
    AgencyName jp = new AgencyName("jp.customs");
    Receipt receipt = node.kit.handOver(carrying(sealed(), to(SG.value()), to(jp.value())));
    assertEquals(Result.RESULT_COMMITTED, receipt.getResult());
    assertEquals(
        List.of(
            RelayRefusal.newBuilder()
                .setRecipient(jp.value())
                .setCode(Code.NO_ROUTE.name())
                .build()),
        receipt.getRefusedList());
    assertEquals(1, node.ledger.hops().depth(SG, LANE));
    AuditRecord leaf = node.leaves.only(AuditType.REFUSED);
    assertTrue(leaf.subject().agencies().contains(jp), leaf::toString);
  }

  /** It would be sent until it ends. A change of a replicated ledger holds 5 MiB. */
  @Test
  void envelope_thatIsMoreThanAChangeOfTheLedger_isRefused() {
    node.store.takeBatchesUpTo(1 << 20);
    Receipt receipt = from(ORIGIN, node.kit.seal(node.alert("x".repeat(700_000))).get(0));
    assertEquals(Result.RESULT_REFUSED, receipt.getResult());
    assertEquals(Code.TOO_LARGE.name(), receipt.getCode());

    assertEquals(Result.RESULT_COMMITTED, from(ORIGIN, sealed()).getResult());
  }

  /** Threat 92: a stanza of a few bytes costs a check of the policy and a part of a receipt. */
  @Test
  void stanzas_moreThanThereAreMembers_orTwoForOneRecipient_areRefusedBeforeAnyIsChecked() {
    node.transit =
        (facts, recipient, size) -> {
          throw new AssertionError("checked");
        };
    Delivery sealed = sealed();
    assertRefused(
        Code.MALFORMED,
        "it has two stanzas for one recipient",
        node.kit.handOver(carrying(sealed, to(SG.value()), sealed.getStanzas(0), to(SG.value()))));
    Stanza[] many = new Stanza[Inspection.MAX_STANZAS + 1];
    for (int i = 0; i < many.length; i++) {
      many[i] = to("x.agency-" + i);
    }
    assertRefused(
        Code.MALFORMED,
        "it has more stanzas than a federation has members",
        node.kit.handOver(carrying(sealed, many)));
  }

  /** Threat 92: a delivery to hundreds without a route is not hundreds of leaves. */
  @Test
  void stanzas_refusedAlike_areOneLeaf_andEachIsInTheReceipt() {
    Stanza[] many = new Stanza[300];
    for (int i = 1; i < many.length; i++) {
      many[i] = to("x.agency-" + i);
    }
    many[0] = to(SG.value());
    Receipt receipt = node.kit.handOver(carrying(sealed(), many));
    assertEquals(Result.RESULT_COMMITTED, receipt.getResult());
    assertEquals(299, receipt.getRefusedCount());
    AuditRecord leaf = node.leaves.only(AuditType.REFUSED);
    assertEquals(1 + 299, leaf.subject().agencies().size());
    assertEquals(
        "there is no route to x.agency-1 from here; likewise for the others",
        leaf.outcome().detail());
    assertEquals(List.of("refused fr.customs NO_ROUTE"), node.kit.reports().take());
  }

  @Test
  void stanza_withoutAWayOn_orBackToThePeer_isRefused() {
    Delivery sealed = sealed();
    assertRefused(
        Code.NO_ROUTE,
        "there is no route to jp.customs from here",
        node.kit.handOver(carrying(sealed, to("jp.customs"))));
    Delivery back = via(carrying(sealed, to(FAR.value())), ORIGIN, HUB);
    assertRefused(Code.NO_ROUTE, "there is no route to us.cbp from here", from(HUB, back));
    assertEquals(0, node.ledger.hops().depth(HUB, LANE));
  }

  @Test
  void transit_thatIsRefused_isTheRefusalsCode_andHoldsBackNoOther() {
    node.transit =
        (facts, recipient, size) ->
            recipient.equals(SG) && facts.origin().equals(ORIGIN) && size > 100
                ? Optional.of(new Refusal(SG.value(), Code.NODE_RULE, "", "not for them"))
                : Optional.empty();
    Delivery sealed = sealed();
    assertRefused(
        Code.NODE_RULE, "not for them", node.kit.handOver(carrying(sealed, to(SG.value()))));
    assertRefused(
        Code.NODE_RULE,
        "not for them",
        node.kit.handOver(carrying(sealed, to("jp.customs"), to(SG.value()))));
    assertEquals(
        Result.RESULT_COMMITTED,
        node.kit.handOver(carrying(sealed, to(SG.value()), to(HUB.value()))).getResult());
    assertEquals(0, node.ledger.hops().depth(SG, LANE));
    assertEquals(1, node.ledger.hops().depth(HUB, LANE));
  }

  private static Delivery spoilt(Delivery sealed) {
    byte[] bodies = sealed.getBodies().toByteArray();
    bodies[bodies.length - 1]++;
    return sealed.toBuilder().setBodies(ByteString.copyFrom(bodies)).build();
  }

  private static Delivery spoiltLabels(Delivery sealed) {
    byte[] labels = sealed.getLabels().toByteArray();
    labels[0]++;
    return sealed.toBuilder().setLabels(ByteString.copyFrom(labels)).build();
  }

  @Test
  void content_spoilt_isRefused_andAskedForAgainThroughATransitOnly() {
    Delivery sealed = sealed();
    assertRefused(Code.HEADER_MISMATCH, "it cannot be opened", node.kit.handOver(spoilt(sealed)));
    assertEquals(List.of("refused fr.customs HEADER_MISMATCH"), node.kit.reports().take());
    assertRefused(
        Code.HEADER_MISMATCH, "it cannot be opened", from(HUB, via(spoilt(sealed), ORIGIN, HUB)));
    assertEquals(
        List.of("refused x.hub HEADER_MISMATCH", "ask fr.customs for 1/1"),
        node.kit.reports().take());
    assertEquals(2, node.leaves.count());
  }

  @Test
  void session_thatIsNotKnown_isLeftToItsOrigin_andAskedForThroughATransitOnly() {
    Delivery sealed = sealed();
    Delivery unannounced =
        carrying(sealed, sealed.getStanzas(0).toBuilder().clearAnnouncement().build());
    Receipt direct = node.kit.handOver(unannounced);
    assertEquals(Result.RESULT_REWRAP, direct.getResult());
    assertEquals("NEED_REWRAP", direct.getCode());
    assertEquals(List.of(), node.kit.reports().take());
    Receipt relayed = from(HUB, via(unannounced, ORIGIN, HUB));
    assertEquals(Result.RESULT_REWRAP, relayed.getResult());
    assertEquals(List.of("ask fr.customs for 1/1"), node.kit.reports().take());
    assertEquals(0, node.leaves.count(), "nothing is refused");
    assertEquals(Result.RESULT_COMMITTED, node.kit.handOver(sealed).getResult());
  }

  @Test
  void binding_missingOrAnother_isLeftToItsOrigin_andResolvesNothing() {
    Delivery sealed = sealed();
    Delivery other = node.kit.bound(sealed());
    for (Delivery bad : List.of(sealed, exchanged(sealed, other))) {
      Receipt relayed = node.kit.handOverAsIs(HUB, LANE, List.of(via(bad, ORIGIN, HUB))).get(0);
      assertEquals(Result.RESULT_REWRAP, relayed.getResult());
      assertEquals("NEED_REWRAP", relayed.getCode());
      assertEquals(List.of("ask fr.customs for 1/1"), node.kit.reports().take());
    }
    assertEquals(0, node.leaves.count(), "nothing is refused");
    assertEquals(List.of(), node.ledger.windows().all(ORIGIN), "no number is resolved");
    assertEquals(
        Result.RESULT_COMMITTED, from(HUB, via(sealed, ORIGIN, HUB)).getResult(), "once bound");
    assertEquals(
        Result.RESULT_COMMITTED,
        node.kit.handOverAsIs(HUB, LANE, List.of(via(other, ORIGIN, HUB))).get(0).getResult());
  }

  /** A delivery under the binding of another. */
  private static Delivery exchanged(Delivery delivery, Delivery other) {
    var stanza = parsed(delivery).boundBy(parsed(other).binding().orElseThrow());
    return carrying(
        delivery,
        delivery.getStanzas(0).toBuilder()
            .setStanza(ByteString.copyFrom(stanza.encoded()))
            .build());
  }

  private static org.entente.gateway.seal.format.Stanza parsed(Delivery delivery) {
    return org.entente.gateway.seal.format.Stanza.parse(
            delivery.getStanzas(0).getStanza().toByteArray())
        .orElseThrow();
  }

  /** The announcement on the wire is another's bytes once the session is known. */
  @Test
  void announcement_ofAKnownSession_isKeptAsItWasVerified() {
    Delivery first = sealed();
    Delivery second = sealed();
    node.kit.handOver(first);
    Stanza.Builder odd =
        second.getStanzas(0).toBuilder().setAnnouncement(ByteString.copyFromUtf8("spoilt"));
    assertEquals(
        Result.RESULT_COMMITTED, node.kit.handOver(carrying(second, odd.build())).getResult());
    byte[] session =
        org.entente.gateway.seal.format.Stanza.parse(first.getStanzas(0).getStanza().toByteArray())
            .orElseThrow()
            .session()
            .bytes();
    assertEquals(
        first.getStanzas(0).getAnnouncement(),
        ByteString.copyFrom(node.ledger.peerFacts().announcement(ORIGIN, session).orElseThrow()));
  }

  @Test
  void opening_isTimed() {
    node.kit.handOver(sealed());
    assertTrue(node.kit.meters().text().contains("entente_open_seconds_count 1.0"));
    assertFalse(node.kit.meters().text().contains("entente_open_seconds_sum -"));
  }

  @Test
  void failure_overADelivery_isLeftToItsOrigin_andAskedForThroughATransitOnly() {
    node.ingress =
        (origin, label, body) -> {
          throw new IllegalStateException("a defect");
        };
    Delivery sealed = sealed();
    Receipt direct = node.kit.handOver(sealed);
    assertEquals(Result.RESULT_REWRAP, direct.getResult());
    assertEquals("INTERNAL", direct.getCode());
    assertEquals(List.of(), node.kit.reports().take());
    assertTrue(
        node.kit.meters().text().contains("entente_mishaps_total{step=\"receiving\",} 1.0"),
        node.kit.meters()::text);
    from(HUB, via(sealed, ORIGIN, HUB));
    assertEquals(List.of("ask fr.customs for 1/1"), node.kit.reports().take());
    assertEquals(0, node.leaves.count());
  }

  @Test
  void failure_overWhatIsForOthersToo_asksForTheOwnNumber() {
    node.transit =
        (facts, recipient, size) -> {
          throw new IllegalStateException("a defect");
        };
    Delivery sealed = sealed();
    Delivery both = via(carrying(sealed, to(SG.value()), sealed.getStanzas(0)), ORIGIN, HUB);
    assertEquals("INTERNAL", from(HUB, both).getCode());
    assertEquals(List.of("ask fr.customs for 1/1"), node.kit.reports().take());
    Delivery others = via(carrying(sealed, to(SG.value())), ORIGIN, HUB);
    assertEquals("INTERNAL", from(HUB, others).getCode());
    assertEquals(List.of(), node.kit.reports().take(), "none of its numbers is known here");
  }
}
