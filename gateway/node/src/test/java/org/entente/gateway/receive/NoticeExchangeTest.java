package org.entente.gateway.receive;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.receive.RecipientNode.FAR;
import static org.entente.gateway.receive.RecipientNode.LANE;
import static org.entente.gateway.receive.RecipientNode.ORIGIN;
import static org.entente.gateway.receive.RecipientNode.SELF;
import static org.entente.gateway.testkit.Agencies.HUB;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.batch.Sealed;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.sequence.OriginWindows;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.KeySchedule;
import org.entente.gateway.seal.MemoryKeyHolder;
import org.entente.gateway.seal.PeerFulfilments;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.RecipientKeys;
import org.entente.gateway.seal.SenderSessions;
import org.entente.gateway.seal.SessionLimits;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.FulfilmentStatement;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.seal.statement.NoticeStatement;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.gateway.seal.statement.SettledNumbers;
import org.entente.gateway.seal.statement.SettledStatement;
import org.entente.gateway.seal.statement.StatementFrame;
import org.entente.gateway.seal.statement.VoidStatement;
import org.entente.gateway.seal.statement.Watermark;
import org.entente.gateway.seal.statement.WatermarkStatement;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.transmit.DeliverySettlement;
import org.entente.gateway.transmit.EvidenceRequests;
import org.entente.gateway.transmit.GapWatch;
import org.entente.gateway.transmit.SessionConfirmations;
import org.entente.gateway.transmit.WaitingRecipients;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.EvidenceRequest;
import org.entente.proto.link.v1.KeyRequest;
import org.entente.proto.link.v1.NeedRewrap;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.link.v1.SignedNotice;
import org.entente.proto.link.v1.WitnessAnswer;
import org.entente.proto.link.v1.WitnessRequest;
import org.entente.proto.link.v1.WitnessedCheckpoints;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.entente.proto.store.v1.StoredEnvelope;
import org.entente.proto.v1.EvidenceItem;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What gateways state to each other, as sent by {@code de.customs} and as taken by it. */
class NoticeExchangeTest {
  private static final FederationName FEDERATION = new FederationName("test.example");
  private static final FederationName ELSEWHERE = new FederationName("other.example");
  private static final NodeName GATEWAY = new NodeName("gateway-1");
  private static final byte[] HASH = Sha256.hash(new byte[] {9});
  private static final Map<AgencyName, SigningPair> MEMBERS =
      Map.of(SELF, pair(), ORIGIN, pair(), SG, pair(), FAR, pair());

  /** A log about which no witness can read a request. */
  private static final String DEFECT = "defect";

  private static final String CONFLICTS = "entente_origin_conflict_envelopes_total{";

  private record Sent(AgencyName to, Notice notice) {}

  @AutoClose private final RecipientNode node;
  private final Map<AgencyName, SigningPair> pairs = new HashMap<>(MEMBERS);
  private final Ed25519SigningKey ownKey;
  private final Ed25519SigningKey originKey;
  private final PeerKeys peerKeys;
  private final PeerFulfilments fulfilments;
  private final List<Sent> sent = new ArrayList<>();
  private final Set<AgencyName> down = new HashSet<>();
  private final List<String> witnesses = new ArrayList<>();
  private final GapWatch gaps = new GapWatch(() -> 0);
  private final DeliverySettlement settlement;
  private final NoticeExchange notices;
  private boolean transit;
  private int owedBefore;
  private int changes;

  NoticeExchangeTest(@TempDir Path folder) throws IOException {
    node = new RecipientNode(folder);
    AgencyPairSource known =
        agency ->
            Optional.ofNullable(pairs.get(agency)).stream()
                .map(SigningPair::verifyingPair)
                .toList();
    ownKey = Ed25519SigningKey.generate(node.random);
    originKey = Ed25519SigningKey.generate(node.random);
    peerKeys = new PeerKeys(FEDERATION, known);
    fulfilments = new PeerFulfilments(FEDERATION, known);
    ReceiveParts parts = node.kit.parts();
    SenderSessions sessions =
        new SenderSessions(
            identity(SELF),
            new GatewayKey(GATEWAY, ownKey.verifyingKey()),
            peerKeys,
            SessionLimits.DEFAULT,
            node.random,
            node.clock);
    settlement =
        new DeliverySettlement(
            node.ledger,
            parts.transit().dispatch(),
            parts.evidence(),
            SELF,
            new WaitingRecipients(),
            new SessionConfirmations(sessions, node.clock::nanos),
            gaps);
    notices =
        new NoticeExchange(
            new NoticeSigner(
                FEDERATION,
                SELF,
                GATEWAY,
                ownKey,
                () -> transit,
                () -> new byte[] {1, 2, 3},
                () -> new byte[] {4, 5}),
            parts,
            settlement,
            new NoticeExchange.KnownStatements(peerKeys, fulfilments, () -> changes++),
            node.kit.reports(),
            (to, notice) -> !down.contains(to) && sent.add(new Sent(to, notice)),
            new Witnesses());
  }

  private static SigningPair pair() {
    return SigningPair.generate(new SecureRandom());
  }

  private final class Witnesses implements WitnessNotices {
    @Override
    public void asked(AgencyName from, WitnessRequest request) {
      if (request.getOrigin().equals(DEFECT)) {
        throw new DateTimeException("a time beyond all calendars");
      }
      witnesses.add(from + " asks about " + request.getOrigin());
    }

    @Override
    public void answered(AgencyName from, WitnessAnswer answer) {
      witnesses.add(from + " answers about " + answer.getOrigin());
    }

    @Override
    public void reported(AgencyName from, WitnessedCheckpoints said) {
      witnesses.add(from + " holds " + said.getCheckpointsCount());
    }
  }

  private AgencyIdentity identity(AgencyName agency) {
    return new AgencyIdentity(
        FEDERATION, agency, Objects.requireNonNull(pairs.get(agency), "a pair"));
  }

  private KeyBundle bundle(AgencyName agency) {
    RecipientKeys keys =
        new RecipientKeys(new MemoryKeyHolder(), KeySchedule.DEFAULT, node.random, node.clock);
    keys.renew();
    return keys.bundle(
        identity(agency), List.of(new GatewayKey(GATEWAY, originKey.verifyingKey())));
  }

  private Notice keysOf(KeyBundle bundle) {
    return Notice.newBuilder()
        .setFrom(bundle.content().agency().value())
        .setKeyBundle(ByteString.copyFrom(bundle.encoded()))
        .build();
  }

  private Notice.Builder from(AgencyName agency) {
    return Notice.newBuilder().setFrom(agency.value()).setTo(SELF.value());
  }

  /** What was sent since the last call; the ledger has caught up. */
  private List<Sent> sent() {
    for (Lane lane : Lane.all()) {
      node.ledger.commit(lane, tx -> tx);
    }
    node.kit.settle();
    List<Sent> taken = List.copyOf(sent);
    sent.clear();
    return taken;
  }

  private Notice onlyTo(AgencyName to) {
    List<Sent> all = sent();
    assertEquals(List.of(to), all.stream().map(Sent::to).toList());
    return all.get(0).notice();
  }

  private List<String> reports() {
    return node.kit.reports().take();
  }

  private void receive(Lane lane, long... numbers) {
    for (long number : numbers) {
      Sealed sealed =
          node.kit.sealed(
              node.message(
                  lane,
                  org.entente.proto.v1.Kind.KIND_ALERT,
                  RecipientNode.text("number " + number),
                  label -> {}));
      node.kit.handOver(
          node.kit.addressAs(
              new OriginNumber(1, lane, number), sealed.envelope(), sealed.contentKey()));
    }
    node.kit.reports().take();
  }

  private void receive(OriginNumber number) {
    Sealed sealed = node.kit.sealed(node.alert("number " + number));
    node.kit.handOver(node.kit.addressAs(number, sealed.envelope(), sealed.contentKey()));
    node.kit.reports().take();
  }

  private static final Notice OWN_KEYS =
      Notice.newBuilder()
          .setFrom("de.customs")
          .setKeyBundle(ByteString.copyFrom(new byte[] {1, 2, 3}))
          .setFulfilment(ByteString.copyFrom(new byte[] {4, 5}))
          .build();

  @Test
  void neighbour_thatIsUp_hearsOwnKeys_andHowFarMailBehindItCame() {
    receive(LANE, 1);
    notices.neighbourUp(HUB);
    assertEquals(OWN_KEYS, onlyTo(HUB));
    notices.neighbourUp(ORIGIN);
    List<Sent> heard = sent();
    assertEquals(List.of(ORIGIN, ORIGIN), heard.stream().map(Sent::to).toList());
    assertEquals(OWN_KEYS, heard.get(0).notice());
    assertTrue(heard.get(1).notice().hasWatermarks());
  }

  /** The twenty-ninth look: what one origin had spoilt ended the streams to its neighbours. */
  @Test
  void neighbour_ofAnOriginWhoseRecordCannotBeRead_staysUp() {
    node.ledger.commit(
        LANE,
        tx -> {
          byte[] key = KeyBuilder.key().ascii(ORIGIN.value()).u8(LANE.number()).done();
          tx.put(Table.ORIGIN_IN, key, new byte[] {9});
          return tx;
        });
    notices.neighbourUp(ORIGIN);
    assertEquals(OWN_KEYS, onlyTo(ORIGIN));
  }

  @Test
  void neighbour_ofATransit_hearsTheKeysOfAllOthers() {
    KeyBundle bundle = bundle(ORIGIN);
    notices.received(ORIGIN, keysOf(bundle));
    assertEquals(List.of(), sent(), "no transit passes them on");
    notices.neighbourUp(SG);
    assertEquals(OWN_KEYS, onlyTo(SG));
    transit = true;
    notices.neighbourUp(ORIGIN);
    assertEquals(OWN_KEYS, onlyTo(ORIGIN));
    notices.neighbourUp(SG);
    List<Sent> heard = sent();
    assertEquals(2, heard.size());
    assertEquals(keysOf(bundle).toBuilder().setHops(1).build(), heard.get(1).notice());
  }

  @Test
  void keys_thatChange_areAnnouncedToAllNeighbours() {
    notices.announceKeys();
    List<Sent> heard = sent();
    assertEquals(
        new TreeSet<>(Set.of(ORIGIN, SG, HUB)),
        new TreeSet<>(heard.stream().map(Sent::to).toList()));
    assertEquals(3, heard.size());
    assertEquals(OWN_KEYS, heard.get(0).notice());
  }

  @Test
  void report_statesAllLanes_signed_withWhatCameAboveTheGaps() {
    notices.reportTo(ORIGIN);
    assertEquals(List.of(), sent(), "nothing came");
    receive(LANE, 1, 3, 4, 6);
    receive(Lane.FLASH, 1, 2);
    notices.reportTo(ORIGIN);
    Notice notice = onlyTo(ORIGIN);
    assertEquals(SELF.value(), notice.getFrom());
    assertEquals(ORIGIN.value(), notice.getTo());
    WatermarkStatement statement =
        WatermarkStatement.parse(notice.getWatermarks().toByteArray()).orElseThrow();
    assertTrue(statement.isSignedBy(ownKey.verifyingKey()));
    assertEquals(
        new WatermarkStatement.Content(
            StatementFrame.to(FEDERATION, SELF, GATEWAY, ORIGIN, node.clock.millis()),
            List.of(
                new Watermark(1, Lane.FLASH, 2, List.of()),
                new Watermark(
                    1, LANE, 1, List.of(new Watermark.Range(3, 4), new Watermark.Range(6, 6)))),
            statement.content().held()),
        statement.content());
    assertEquals(6, statement.content().held().size());
  }

  @Test
  void report_namesWhatCame_overTheOriginsLinkToo_andAgainIfItComesTwice() {
    Delivery direct = node.kit.seal(node.alert("direct")).get(0);
    Delivery relayed = node.kit.seal(node.alert("relayed")).get(0);
    node.kit.handOver(direct);
    notices.reportTo(ORIGIN);
    assertEquals(List.of(held(1, direct)), stated(onlyTo(ORIGIN)));
    node.kit.handOverThrough(HUB, LANE, relayed);
    notices.reportTo(ORIGIN);
    assertEquals(List.of(held(2, relayed)), stated(onlyTo(ORIGIN)));
    node.kit.handOver(direct);
    node.kit.handOver(relayed);
    notices.reportTo(ORIGIN);
    assertEquals(List.of(held(1, direct), held(2, relayed)), stated(onlyTo(ORIGIN)));
    notices.reportTo(ORIGIN);
    assertEquals(List.of(), stated(onlyTo(ORIGIN)));
    notices.neighbourUp(ORIGIN);
    assertEquals(
        List.of(held(1, direct), held(2, relayed)),
        stated(sent().get(1).notice()),
        "receipts and statements may be lost with a link");
  }

  @Test
  void report_ofMoreThanAStatementTakes_isSeveral() {
    receive(LANE, 1);
    for (long number = 1; number <= WatermarkStatement.MAX_HELD + 1L; number++) {
      node.kit.parts().opening().numbers().counted(ORIGIN, new OriginNumber(1, LANE, number), HASH);
    }
    notices.reportTo(ORIGIN);
    List<Sent> both = sent();
    assertEquals(
        List.of(WatermarkStatement.MAX_HELD, 1),
        both.stream().map(one -> stated(one.notice()).size()).toList());
  }

  private static NumberedHeader held(long sequence, Delivery delivery) {
    return new NumberedHeader(
        new OriginNumber(1, LANE, sequence), Sha256.hash(delivery.getHeader().toByteArray()));
  }

  private static List<NumberedHeader> stated(Notice notice) {
    return WatermarkStatement.parse(notice.getWatermarks().toByteArray())
        .orElseThrow()
        .content()
        .held();
  }

  @Test
  void asking_isAddressed_throughTheTransitWhereThereIsOne() {
    notices.askAgain(FAR, List.of(new OriginNumber(2, LANE, 7), new OriginNumber(3, LANE, 1)));
    Notice again = onlyTo(HUB);
    assertEquals(SELF.value(), again.getFrom());
    assertEquals(FAR.value(), again.getTo());
    assertEquals(
        List.of(number(2, LANE, 7), number(3, LANE, 1)),
        said(again).getNeedRewrap().getNumbersList());
    notices.askKeys(FAR);
    assertEquals(FAR.value(), onlyTo(HUB).getKeyRequest().getAgency());
    assertTrue(notices.ask(SG, WitnessRequest.newBuilder().setOrigin("log").build()));
    assertEquals("log", said(onlyTo(SG)).getWitnessRequest().getOrigin());
    assertEquals(
        false, notices.ask(new AgencyName("jp.customs"), WitnessRequest.getDefaultInstance()));
    MessageId sent = node.id();
    MessageId unopened = node.id();
    notices.askEvidence(FAR, List.of(sent), List.of(unopened));
    assertEquals(
        EvidenceRequest.newBuilder()
            .addUndelivered(bytes(sent))
            .addUnopened(bytes(unopened))
            .build(),
        said(onlyTo(HUB)).getEvidenceRequest());
    notices.answer(SG, WitnessAnswer.newBuilder().setOrigin("log").build());
    assertEquals("log", said(onlyTo(SG)).getWitnessAnswer().getOrigin());
  }

  /** What a notice of this gateway says, which is signed by it and made for its addressee. */
  private SignedNotice said(Notice notice) {
    NoticeStatement statement =
        NoticeStatement.parse(notice.getSignedNotice().toByteArray()).orElseThrow();
    assertTrue(statement.isSignedBy(ownKey.verifyingKey()));
    NoticeStatement.Content content = statement.content();
    assertEquals(
        StatementFrame.to(
            FEDERATION, SELF, GATEWAY, new AgencyName(notice.getTo()), node.clock.millis()),
        content.frame());
    return parsed(content.notice());
  }

  private static SignedNotice parsed(byte[] notice) {
    try {
      return SignedNotice.parseFrom(notice);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** A notice that is said to come from an agency, signed with a key. */
  private Notice signed(
      AgencyName from, AgencyName signer, AgencyName to, byte[] said, Ed25519SigningKey key) {
    NoticeStatement.Content content =
        new NoticeStatement.Content(
            StatementFrame.to(FEDERATION, signer, GATEWAY, to, node.clock.millis()), said);
    return from(from)
        .setSignedNotice(ByteString.copyFrom(NoticeStatement.sign(content, key).encoded()))
        .build();
  }

  private Notice signed(AgencyName from, SignedNotice.Builder said) {
    return signed(from, from, SELF, said.build().toByteArray(), originKey);
  }

  private static SignedNotice.Builder rewrap(NeedRewrap.Builder need) {
    return SignedNotice.newBuilder().setNeedRewrap(need);
  }

  private static org.entente.proto.link.v1.OriginNumber number(
      long epoch, Lane lane, long sequence) {
    return org.entente.proto.link.v1.OriginNumber.newBuilder()
        .setEpoch(epoch)
        .setLane(lane.number())
        .setSequence(sequence)
        .build();
  }

  @Test
  void withdrawal_statesEachNumberWithItsHeader_signed() {
    OutboxEntry entry = OutboxEntry.newBuilder().setHeaderHash(ByteString.copyFrom(HASH)).build();
    notices.withdraw(
        SG, List.of(new OutboxTable.NumberedEntry(new OriginNumber(1, LANE, 5), entry)));
    Notice notice = onlyTo(SG);
    VoidStatement statement =
        VoidStatement.parse(notice.getVoidStatement().toByteArray()).orElseThrow();
    assertTrue(statement.isSignedBy(ownKey.verifyingKey()));
    assertEquals(
        new VoidStatement.Content(
            StatementFrame.to(FEDERATION, SELF, GATEWAY, SG, node.clock.millis()),
            List.of(new NumberedHeader(new OriginNumber(1, LANE, 5), HASH))),
        statement.content());
  }

  private static Notice request(AgencyName of) {
    return Notice.newBuilder()
        .setFrom(SG.value())
        .setKeyRequest(KeyRequest.newBuilder().setAgency(of.value()))
        .build();
  }

  @Test
  void keysAskedFor_areAnsweredToTheNeighbour_ifTheyAreKnown() {
    notices.received(SG, request(SELF));
    assertEquals(OWN_KEYS, onlyTo(SG));
    KeyBundle bundle = bundle(ORIGIN);
    notices.received(ORIGIN, keysOf(bundle));
    sent();
    notices.received(SG, request(ORIGIN));
    assertEquals(keysOf(bundle).toBuilder().setHops(1).build(), onlyTo(SG));
    assertEquals(List.of(), reports());
  }

  @Test
  void keysAskedFor_thatAreUnknown_areAskedFurther_byATransitOnly() {
    notices.received(SG, request(FAR));
    assertEquals(List.of(), sent());
    assertEquals(List.of("refused sg.police NO_ROUTE"), reports());
    transit = true;
    notices.received(SG, request(FAR));
    assertEquals(request(FAR).toBuilder().setHops(1).build(), onlyTo(HUB));
    notices.received(HUB, request(FAR));
    assertEquals(List.of(), sent(), "not back to who asked");
    assertEquals(List.of("refused x.hub NO_ROUTE"), reports());
  }

  @Test
  void notice_toAnother_crossesAtMostFourTransits() {
    transit = true;
    Notice notice =
        Notice.newBuilder()
            .setFrom(SG.value())
            .setTo(FAR.value())
            .setHops(NoticeExchange.MAX_HOPS - 1)
            .setSignedNotice(ByteString.copyFromUtf8("for another"))
            .build();
    notices.received(SG, notice);
    assertEquals(notice.toBuilder().setHops(NoticeExchange.MAX_HOPS).build(), onlyTo(HUB));
    for (int hops : new int[] {NoticeExchange.MAX_HOPS, Integer.MIN_VALUE, -1}) {
      notices.received(SG, notice.toBuilder().setHops(hops).build());
      assertEquals(List.of(), sent());
      assertEquals(List.of("refused sg.police NO_ROUTE"), reports());
    }
  }

  @Test
  void keyBundle_whoseHopsAreNegative_isNotPassedOn() {
    transit = true;
    KeyBundle bundle = bundle(ORIGIN);
    notices.received(ORIGIN, keysOf(bundle).toBuilder().setHops(Integer.MIN_VALUE).build());
    assertEquals(List.of(), sent());
    assertArrayEquals(bundle.encoded(), peerKeys.bundleOf(ORIGIN).orElseThrow().encoded());
  }

  @Test
  void notice_withoutASender_isRefused() {
    notices.received(SG, Notice.getDefaultInstance());
    assertEquals(List.of("refused sg.police MALFORMED"), reports());
  }

  @Test
  void keyBundle_isKept_andPassedOnOnce_byATransit() {
    transit = true;
    KeyBundle bundle = bundle(ORIGIN);
    notices.received(HUB, keysOf(bundle).toBuilder().setHops(2).build());
    Notice further = onlyTo(SG);
    assertEquals(keysOf(bundle).toBuilder().setHops(3).build(), further);
    assertArrayEquals(bundle.encoded(), node.ledger.peerFacts().keyBundle(ORIGIN).orElseThrow());
    assertEquals(bundle.content(), peerKeys.bundleOf(ORIGIN).orElseThrow().content());
    notices.received(HUB, keysOf(bundle));
    assertEquals(List.of(), sent(), "it is not newer");
    assertEquals(List.of(), reports());
    notices.received(SG, keysOf(bundle(SG)).toBuilder().setHops(NoticeExchange.MAX_HOPS).build());
    assertEquals(List.of(), sent());
    assertEquals(0, changes);
  }

  @Test
  void keyBundle_ofNoMember_isRefused() {
    pairs.put(new AgencyName("jp.customs"), SigningPair.generate(node.random));
    KeyBundle bundle = bundle(new AgencyName("jp.customs"));
    pairs.remove(new AgencyName("jp.customs"));
    transit = true;
    notices.received(SG, keysOf(bundle));
    assertEquals(List.of("refused sg.police BAD_SIGNATURE"), reports());
    assertEquals(List.of(), sent());
    assertEquals(List.of(), node.ledger.peerFacts().keyBundles());
  }

  @Test
  void fulfilment_besideAKeyBundle_isKept_andPassedOn_evenIfOnlyItIsNew() {
    transit = true;
    KeyBundle bundle = bundle(ORIGIN);
    notices.received(ORIGIN, keysOf(bundle));
    sent();
    byte[] stated =
        FulfilmentStatement.beside(bundle, new Fulfilment(true, List.of(1, 2)), identity(ORIGIN))
            .encoded();
    Notice both = keysOf(bundle).toBuilder().setFulfilment(ByteString.copyFrom(stated)).build();
    notices.received(ORIGIN, both);
    List<Sent> heard = sent();
    assertEquals(Set.of(SG, HUB), Set.copyOf(heard.stream().map(Sent::to).toList()));
    assertEquals(both.toBuilder().setHops(1).build(), heard.get(0).notice());
    assertEquals(1, changes);
    assertArrayEquals(stated, node.ledger.peerFacts().fulfilments().get(0));
    notices.received(ORIGIN, both);
    assertEquals(List.of(), sent());
    assertEquals(1, changes, "it is not newer");
    notices.received(SG, request(ORIGIN));
    assertEquals(both.toBuilder().setHops(1).build(), onlyTo(SG));
    notices.received(
        ORIGIN,
        keysOf(bundle).toBuilder().setFulfilment(ByteString.copyFromUtf8("garbage")).build());
    assertEquals(List.of("refused fr.customs MALFORMED"), reports());
  }

  /** The sixth look: a member signs keys and statements of obligations without end. */
  @Test
  void keysThatChangeAllTheTime_arePassedOnAndFollowedAtAPace_andTheNewestIsInForceInTheEnd() {
    transit = true;
    KeyBundle last = bundle(ORIGIN);
    for (int i = 0; i < 100; i++) {
      node.clock.move(Duration.ofMillis(10));
      last = bundle(ORIGIN);
      Fulfilment stated = new Fulfilment(true, List.of(1 + i % 2));
      byte[] said = FulfilmentStatement.beside(last, stated, identity(ORIGIN)).encoded();
      notices.received(
          ORIGIN, keysOf(last).toBuilder().setFulfilment(ByteString.copyFrom(said)).build());
      notices.takeDue();
    }
    List<Sent> heard = sent();
    assertEquals(5, heard.stream().filter(one -> one.to().equals(SG)).count());
    assertEquals(5, heard.stream().filter(one -> one.to().equals(HUB)).count());
    assertEquals(5, changes);

    node.clock.move(Duration.ofSeconds(10));
    notices.takeDue();
    notices.takeDue();
    assertEquals(6, changes);
    assertEquals(Map.of(ORIGIN, new Fulfilment(true, List.of(2))), fulfilments.stated());
    heard = sent();
    assertEquals(Set.of(SG, HUB), Set.copyOf(heard.stream().map(Sent::to).toList()));
    assertEquals(2, heard.size());
    assertArrayEquals(last.encoded(), heard.get(0).notice().getKeyBundle().toByteArray());
    assertArrayEquals(last.encoded(), node.ledger.peerFacts().keyBundle(ORIGIN).orElseThrow());
    assertArrayEquals(last.encoded(), peerKeys.bundleOf(ORIGIN).orElseThrow().encoded());
    assertEquals(List.of(), reports());
  }

  /** This agency owes the origin these numbers of a lane. */
  private void owe(int numbers) {
    for (int i = 0; i < numbers; i++) {
      int one = i;
      node.ledger.commit(
          LANE,
          tx -> {
            byte[] hash = HASH.clone();
            hash[0] = (byte) (one + 1);
            node.ledger.envelopes().hold(tx, hash, StoredEnvelope.getDefaultInstance(), 1);
            return append(tx, ORIGIN, LANE, hash);
          });
    }
  }

  private OriginNumber append(Transaction tx, AgencyName recipient, Lane lane, byte[] hash) {
    OutboxEntry entry =
        OutboxEntry.newBuilder()
            .setHeaderHash(ByteString.copyFrom(hash))
            .setState(OutboxState.OUTBOX_STATE_QUEUED)
            .build();
    return node.ledger.outbox().append(tx, recipient, lane, entry);
  }

  private List<Long> owed() {
    return node.ledger.outbox().page(ORIGIN, LANE, null, 100).stream()
        .map(one -> one.number().sequence())
        .toList();
  }

  private OutboxState state(long sequence) {
    return Objects.requireNonNull(
            node.ledger.outbox().read(ORIGIN, new OriginNumber(1, LANE, sequence)))
        .getState();
  }

  private WatermarkStatement held(
      FederationName federation, AgencyName by, AgencyName of, Watermark... watermarks) {
    return held(federation, by, of, List.of(), watermarks);
  }

  private WatermarkStatement held(
      FederationName federation,
      AgencyName by,
      AgencyName of,
      List<NumberedHeader> named,
      Watermark... watermarks) {
    return WatermarkStatement.sign(
        new WatermarkStatement.Content(
            StatementFrame.to(federation, by, GATEWAY, of, node.clock.millis()),
            List.of(watermarks),
            named),
        originKey);
  }

  /** The origin names owed numbers as they were sent. */
  private List<NumberedHeader> named(long... sequences) {
    long epoch = node.ledger.outbox().epoch(ORIGIN, LANE);
    return LongStream.of(sequences)
        .mapToObj(
            sequence -> {
              byte[] hash = HASH.clone();
              hash[0] = (byte) sequence;
              return new NumberedHeader(new OriginNumber(epoch, LANE, sequence), hash);
            })
        .toList();
  }

  private Notice says(WatermarkStatement statement) {
    return from(ORIGIN).setWatermarks(ByteString.copyFrom(statement.encoded())).build();
  }

  private void knowsOrigin() {
    notices.received(ORIGIN, keysOf(bundle(ORIGIN)));
    sent();
  }

  @Test
  void numbers_thatTheRecipientNames_areReleased_andNoOthers() {
    knowsOrigin();
    owe(5);
    long epoch = node.ledger.outbox().epoch(ORIGIN, LANE);
    Watermark watermark = new Watermark(epoch, LANE, 1, List.of(new Watermark.Range(3, 4)));
    notices.received(ORIGIN, says(held(FEDERATION, ORIGIN, SELF, watermark)));
    assertEquals(List.of(), sent());
    assertEquals(List.of(1L, 2L, 3L, 4L, 5L), owed(), "a watermark names no content");
    notices.received(ORIGIN, says(held(FEDERATION, ORIGIN, SELF, named(1, 3, 4), watermark)));
    assertEquals(List.of(), sent(), "it lacks nothing that is not owed");
    assertEquals(List.of(2L, 5L), owed());
    assertEquals(List.of(), reports());
    assertFalse(node.kit.meters().text().contains(CONFLICTS));
  }

  /** Threat 97. */
  @Test
  void numbers_acknowledgedAndNeverStated_areCountedEach_andLoggedOnceAMinute() {
    List<OriginNumber> numbers =
        List.of(new OriginNumber(1, LANE, 1), new OriginNumber(1, LANE, 2));
    Logger log = (Logger) LoggerFactory.getLogger(NoticeExchange.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try {
      notices.unconfirmed(ORIGIN, numbers);
      node.clock.move(NoticeExchange.ALARM_EVERY.minusMillis(1));
      notices.unconfirmed(ORIGIN, numbers);
      assertEquals(1, lines.list.size());
      node.clock.move(Duration.ofMillis(1));
      notices.unconfirmed(ORIGIN, numbers);
    } finally {
      log.detachAppender(lines);
    }
    assertEquals(2, lines.list.size());
    String line = lines.list.get(0).getFormattedMessage();
    assertTrue(line.startsWith("ALARM IDENTITY_MISMATCH: fr.customs answered "), line);
    String counted = "entente_origin_unconfirmed_envelopes_total{agency=\"fr.customs\",lane=\"";
    assertTrue(node.kit.meters().text().contains(counted + LANE + "\",} 6.0"));
  }

  /** This agency owes the origin these numbers of a lane, and has handed all of them over. */
  private void oweRelayed(int numbers) {
    owe(numbers);
    node.ledger.commit(LANE, tx -> relayed(tx, ORIGIN));
  }

  private int relayed(Transaction tx, AgencyName recipient) {
    List<OutboxTable.NumberedEntry> all = node.ledger.outbox().page(recipient, LANE, null, 1_000);
    for (OutboxTable.NumberedEntry one : all) {
      OutboxEntry entry =
          one.entry().toBuilder().setState(OutboxState.OUTBOX_STATE_RELAYED).build();
      node.ledger.outbox().update(tx, recipient, one.number(), entry);
    }
    return all.size();
  }

  /**
   * The sixth look: a recipient takes mail, names other content under each number, and guesses the
   * numbers that follow.
   */
  @Test
  void conflicts_ofARecipientThatGuessesTheNextNumbers_costALittle_andAreOnRecord() {
    knowsOrigin();
    int owed = 100;
    oweRelayed(owed);
    Logger log = (Logger) LoggerFactory.getLogger(NoticeExchange.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try {
      for (int statement = 0; statement < 10; statement++) {
        notices.received(ORIGIN, says(otherContent(statement * owed + 1, owed)));
        node.ledger.commit(Lane.FLASH, tx -> append(tx, SG, Lane.FLASH, HASH));
        sent();
      }
    } finally {
      log.detachAppender(lines);
    }
    assertEquals(LongStream.rangeClosed(owed + 1, 2L * owed).boxed().toList(), owed());
    assertEquals(10, node.ledger.outbox().page(SG, Lane.FLASH, null, 100).size());
    assertEquals(DeliverySettlement.MOST_CONFLICTS, node.leaves(AuditType.VOIDED).size());
    String counted = CONFLICTS + "agency=\"fr.customs\",lane=\"" + LANE + "\",} 100.0";
    assertTrue(node.kit.meters().text().contains(counted), node.kit.meters()::text);
    assertEquals(1, lines.list.size());

    node.ledger.commit(LANE, tx -> relayed(tx, ORIGIN));
    node.clock.move(DeliverySettlement.CONFLICTS_IN);
    notices.received(ORIGIN, says(otherContent(owed + 1, 1)));
    sent();
    List<AuditRecord> leaves = node.leaves(AuditType.VOIDED);
    assertEquals(DeliverySettlement.MOST_CONFLICTS + 1, leaves.size());
    String detail = leaves.get(leaves.size() - 1).outcome().detail();
    assertTrue(Objects.requireNonNull(detail).endsWith("90 more since the last such line"), detail);
  }

  private WatermarkStatement otherContent(long first, int numbers) {
    long epoch = node.ledger.outbox().epoch(ORIGIN, LANE);
    List<NumberedHeader> other =
        LongStream.range(first, first + numbers)
            .mapToObj(n -> new NumberedHeader(new OriginNumber(epoch, LANE, n), Sha256.hash(HASH)))
            .toList();
    return held(
        FEDERATION, ORIGIN, SELF, other, new Watermark(epoch, LANE, first + numbers, List.of()));
  }

  /** Threat 72: the recipient counted another envelope under the number. */
  @Test
  void number_thatTheRecipientNamesWithOtherContent_isAnAlarm_andGoesUnderAnother() {
    knowsOrigin();
    oweRelayed(2);
    long epoch = node.ledger.outbox().epoch(ORIGIN, LANE);
    List<NumberedHeader> other =
        List.of(new NumberedHeader(new OriginNumber(epoch, LANE, 1), Sha256.hash(HASH)));
    Watermark watermark = new Watermark(epoch, LANE, 2, List.of());
    notices.received(ORIGIN, says(held(FEDERATION, ORIGIN, SELF, other, watermark)));
    sent();
    assertEquals(List.of(2L, 3L), owed());
    String counted = CONFLICTS + "agency=\"fr.customs\",lane=\"" + LANE + "\",} 1.0";
    assertTrue(node.kit.meters().text().contains(counted), node.kit.meters()::text);
    AuditRecord leaf = node.leaves.only(AuditType.VOIDED);
    assertEquals("SEQUENCE_CONFLICT", leaf.outcome().code());
    List<NumberedHeader> unknown =
        List.of(NumberedHeader.ofUnknownContent(new OriginNumber(epoch, LANE, 2)));
    notices.received(ORIGIN, says(held(FEDERATION, ORIGIN, SELF, unknown, watermark)));
    sent();
    assertEquals(List.of(3L, 4L), owed());
    assertTrue(node.kit.meters().text().contains(counted), "no second alarm");
    assertEquals(leaf, node.leaves.only(AuditType.VOIDED));
  }

  @Test
  void watermarks_thatLackWhatIsNotOwed_areAnsweredWithWhatIsSettled() {
    knowsOrigin();
    owe(4);
    long epoch = node.ledger.outbox().epoch(ORIGIN, LANE);
    notices.received(
        ORIGIN,
        says(
            held(
                FEDERATION,
                ORIGIN,
                SELF,
                named(1, 2, 3),
                new Watermark(epoch, LANE, 3, List.of()))));
    assertEquals(List.of(), sent());
    assertEquals(List.of(4L), owed());
    notices.received(
        ORIGIN,
        says(
            held(
                FEDERATION,
                ORIGIN,
                SELF,
                new Watermark(epoch, LANE, 1, List.of()),
                new Watermark(epoch + 7, LANE, 2, List.of(new Watermark.Range(5, 6))))));
    Notice notice = onlyTo(ORIGIN);
    SettledStatement statement =
        SettledStatement.parse(notice.getSettledStatement().toByteArray()).orElseThrow();
    assertTrue(statement.isSignedBy(ownKey.verifyingKey()));
    assertEquals(
        new SettledStatement.Content(
            StatementFrame.to(FEDERATION, SELF, GATEWAY, ORIGIN, node.clock.millis()),
            List.of(new SettledNumbers(epoch, LANE, 4), new SettledNumbers(epoch + 7, LANE, 7))),
        statement.content());
  }

  @Test
  void gap_thatWatermarksShow_isSeen_untilItsEpochIsKeptNoMore() {
    knowsOrigin();
    GapWatch watch = gaps;
    notices.received(
        ORIGIN,
        says(
            held(
                FEDERATION,
                ORIGIN,
                SELF,
                new Watermark(1, LANE, 1, List.of(new Watermark.Range(3, 3))))));
    sent();
    assertEquals(List.of(), watch.overdue());
    GapWatch.Place place = new GapWatch.Place(GapWatch.End.ORIGIN, ORIGIN, LANE);
    watch.only(place, Set.of(1L));
    notices.received(
        ORIGIN, says(held(FEDERATION, ORIGIN, SELF, new Watermark(2, LANE, 1, List.of()))));
    sent();
    assertEquals(List.of(), watch.news());
  }

  @Test
  void statement_thatIsNotSignedByAGatewayOfItsAgency_isRefused_andItsKeysAskedFor() {
    owe(1);
    WatermarkStatement right = held(FEDERATION, ORIGIN, SELF, new Watermark(1, LANE, 1, List.of()));
    notices.received(ORIGIN, says(right));
    assertEquals(ORIGIN.value(), onlyTo(ORIGIN).getKeyRequest().getAgency());
    assertEquals(List.of("refused fr.customs BAD_SIGNATURE"), reports());
    knowsOrigin();
    WatermarkStatement forged =
        WatermarkStatement.sign(right.content(), Ed25519SigningKey.generate(node.random));
    notices.received(ORIGIN, says(forged));
    assertEquals(ORIGIN.value(), onlyTo(ORIGIN).getKeyRequest().getAgency());
    assertEquals(List.of("refused fr.customs BAD_SIGNATURE"), reports());
    notices.received(ORIGIN, from(ORIGIN).setWatermarks(ByteString.EMPTY).build());
    assertEquals(List.of(), sent());
    assertEquals(List.of("refused fr.customs BAD_SIGNATURE"), reports());
    assertEquals(List.of(1L), owed());
  }

  @Test
  void statement_forAnotherFederation_byAnother_orToAnother_isRefused() {
    knowsOrigin();
    owe(1);
    Watermark all = new Watermark(1, LANE, 1, List.of());
    for (WatermarkStatement wrong :
        List.of(
            held(ELSEWHERE, ORIGIN, SELF, all),
            held(FEDERATION, SG, SELF, all),
            held(FEDERATION, ORIGIN, SG, all))) {
      notices.received(ORIGIN, says(wrong));
      assertEquals(List.of(), sent());
      assertEquals(List.of("refused fr.customs HEADER_MISMATCH"), reports());
    }
    assertEquals(List.of(1L), owed());
  }

  /**
   * Threat 85: who stole a key that the agency has replaced, and withholds the bundle that says so,
   * has nothing believed under the old one.
   */
  @Test
  void statements_underAKeyBundleOlderThanTwoDays_wait_untilANewerOneHasCome() {
    knowsOrigin();
    owe(1);
    long epoch = node.ledger.outbox().epoch(ORIGIN, LANE);
    Watermark all = new Watermark(epoch, LANE, 1, List.of());
    node.clock.move(NoticeSignatureCheck.MOST_AGE.plusMillis(1));
    notices.received(ORIGIN, says(held(FEDERATION, ORIGIN, SELF, named(1), all)));
    assertEquals(ORIGIN.value(), onlyTo(ORIGIN).getKeyRequest().getAgency());
    notices.received(ORIGIN, settled(new SettledNumbers(1, LANE, 6)));
    assertEquals(ORIGIN.value(), onlyTo(ORIGIN).getKeyRequest().getAgency());
    assertEquals(
        List.of("refused fr.customs KEYS_OUTDATED", "refused fr.customs KEYS_OUTDATED"), reports());
    assertEquals(List.of(1L), owed());

    knowsOrigin();
    notices.received(ORIGIN, says(held(FEDERATION, ORIGIN, SELF, named(1), all)));
    assertEquals(List.of(), sent());
    assertEquals(List.of(), owed());
    assertEquals(List.of(), reports());
  }

  @Test
  void statements_underAKeyBundleOfTwoDays_areTaken() {
    knowsOrigin();
    owe(1);
    long epoch = node.ledger.outbox().epoch(ORIGIN, LANE);
    node.clock.move(NoticeSignatureCheck.MOST_AGE);
    Watermark all = new Watermark(epoch, LANE, 1, List.of());
    notices.received(ORIGIN, says(held(FEDERATION, ORIGIN, SELF, named(1), all)));
    sent();
    assertEquals(List.of(), owed());
  }

  /** A transit that was cut off from the agency answers with what it has, and asks on. */
  @Test
  void requestForKeys_ofWhichOnlyOutdatedOnesAreKnown_isAnsweredAndPassedOn() {
    transit = true;
    knowsOrigin();
    Notice asked =
        from(SG)
            .setTo(ORIGIN.value())
            .setKeyRequest(KeyRequest.newBuilder().setAgency(ORIGIN.value()))
            .build();
    notices.received(SG, asked);
    assertTrue(onlyTo(SG).hasKeyBundle());
    node.clock.move(NoticeSignatureCheck.MOST_AGE.plusMillis(1));
    notices.received(SG, asked);
    List<Sent> both = sent();
    assertEquals(List.of(SG, ORIGIN), both.stream().map(Sent::to).toList());
    assertTrue(both.get(0).notice().hasKeyBundle());
    assertTrue(both.get(1).notice().hasKeyRequest());
  }

  @Test
  void numbers_voidedByTheirOrigin_areResolved_andReported() {
    knowsOrigin();
    receive(LANE, 1, 3);
    assertEquals(2, node.kit.parts().opening().numbers().take(ORIGIN).size());
    VoidStatement statement =
        VoidStatement.sign(
            new VoidStatement.Content(
                StatementFrame.to(FEDERATION, ORIGIN, GATEWAY, SELF, node.clock.millis()),
                List.of(
                    new NumberedHeader(new OriginNumber(1, LANE, 2), HASH),
                    new NumberedHeader(new OriginNumber(1, LANE, 5), HASH))),
            originKey);
    notices.received(
        ORIGIN, from(ORIGIN).setVoidStatement(ByteString.copyFrom(statement.encoded())).build());
    assertEquals(List.of(), sent());
    OriginWindow window = node.window(LANE, 1);
    assertEquals(3, window.watermark());
    assertEquals(List.of(new OriginWindow.Range(5, 5)), window.receivedAbove());
    assertEquals(List.of("report to fr.customs"), reports());
    List<NumberedHeader> voided =
        List.of(
            NumberedHeader.ofUnknownContent(new OriginNumber(1, LANE, 2)),
            NumberedHeader.ofUnknownContent(new OriginNumber(1, LANE, 5)));
    assertEquals(voided, node.kit.parts().opening().numbers().take(ORIGIN));
    notices.received(
        ORIGIN, from(ORIGIN).setVoidStatement(ByteString.copyFrom(statement.encoded())).build());
    assertEquals(List.of("report to fr.customs"), reports());
    assertEquals(
        voided, node.kit.parts().opening().numbers().take(ORIGIN), "as the origin repeats it");
    notices.received(
        ORIGIN, from(ORIGIN).setVoidStatement(ByteString.copyFromUtf8("garbage")).build());
    assertEquals(List.of("refused fr.customs BAD_SIGNATURE"), reports());
  }

  /**
   * The origin's ledger was restored, and it asks for what it can send no more. This gateway was
   * restarted since it has received that, or the number is another one.
   */
  @Test
  void void_ofWhatWasReceived_isAnsweredWithItsHeader_afterARestartAndUnderAnotherNumber() {
    knowsOrigin();
    Delivery delivery = node.kit.seal(node.alert("received")).get(0);
    node.kit.handOver(delivery);
    forget(1);
    byte[] header = Sha256.hash(delivery.getHeader().toByteArray());
    assertEquals(List.of(held(1, delivery)), answers(voided(1, header)));
    assertEquals(List.of(held(1, delivery)), answers(voided(1, header)), "as it repeats itself");
    assertEquals(List.of(held(7, delivery)), answers(voided(7, header)), "sent again as another");
    assertEquals(
        List.of(NumberedHeader.ofUnknownContent(new OriginNumber(1, LANE, 8))),
        answers(voided(8, HASH)),
        "it never came");
  }

  /** What another agency sent is none of its business. */
  @Test
  void void_thatNamesTheHeaderOfAnotherOrigin_isAnsweredAsUnknown() {
    knowsOrigin();
    EnvelopeFacts facts =
        new EnvelopeFacts(SG, GATEWAY, EnvelopeId.fresh(1, node.random), LANE, false, 1, 2);
    byte[] header = EnvelopeHeader.over(facts, 1, new byte[1], new byte[1]).encoded();
    node.ledger.commit(
        LANE,
        tx -> {
          node.kit.evidence().keepHeader(tx, node.ledger.evidence(), header, new byte[64]);
          return tx;
        });
    receive(LANE, 1);
    node.kit.parts().opening().numbers().take(ORIGIN);
    assertEquals(
        List.of(NumberedHeader.ofUnknownContent(new OriginNumber(1, LANE, 2))),
        answers(voided(2, Sha256.hash(header))));
  }

  /** A later number takes the place of one in memory, which a restart empties. */
  private void forget(long number) {
    ReceivedHeaders numbers = node.kit.parts().opening().numbers();
    numbers.counted(ORIGIN, new OriginNumber(1, LANE, number + ReceivedHeaders.REMEMBERED), HASH);
    numbers.take(ORIGIN);
    reports();
  }

  private List<NumberedHeader> answers(Notice voided) {
    notices.received(ORIGIN, voided);
    assertEquals(List.of(), sent());
    assertEquals(List.of("report to fr.customs"), reports());
    return node.kit.parts().opening().numbers().take(ORIGIN);
  }

  private Notice voided(long number) {
    return voided(number, HASH);
  }

  private Notice voided(long number, byte[] header) {
    VoidStatement statement =
        VoidStatement.sign(
            new VoidStatement.Content(
                StatementFrame.to(FEDERATION, ORIGIN, GATEWAY, SELF, node.clock.millis()),
                List.of(new NumberedHeader(new OriginNumber(1, LANE, number), header))),
            originKey);
    return from(ORIGIN).setVoidStatement(ByteString.copyFrom(statement.encoded())).build();
  }

  private Notice settled(SettledNumbers... numbers) {
    SettledStatement statement =
        SettledStatement.sign(
            new SettledStatement.Content(
                StatementFrame.to(FEDERATION, ORIGIN, GATEWAY, SELF, node.clock.millis()),
                List.of(numbers)),
            originKey);
    return from(ORIGIN).setSettledStatement(ByteString.copyFrom(statement.encoded())).build();
  }

  @Test
  void numbers_settledByTheirOrigin_areLost_onRecord() {
    knowsOrigin();
    receive(LANE, 1, 3);
    notices.received(ORIGIN, settled(new SettledNumbers(1, LANE, 6)));
    sent();
    assertEquals(5, node.window(LANE, 1).watermark());
    AuditRecord leaf = node.leaves.only(AuditType.SETTLED);
    assertEquals(AuditActor.gateway(ORIGIN), leaf.actor());
    assertEquals(
        "3 numbers in "
            + LANE
            + " never arrived or were lost by restoring a ledger: 3 of epoch 1 below 6",
        leaf.outcome().detail());
    assertEquals(
        Set.of("report to fr.customs", "lost 3 of fr.customs on " + LANE), Set.copyOf(reports()));
    notices.received(ORIGIN, settled(new SettledNumbers(1, LANE, 6)));
    sent();
    assertEquals(List.of("report to fr.customs"), reports(), "nothing more is lost");
    assertNotNull(node.leaves.only(AuditType.SETTLED));
  }

  /** The twenty-ninth look: two such epochs made a negative number of them. */
  @Test
  void numbersSettled_thatAreBeyondCounting_areTheGreatestNumber() {
    knowsOrigin();
    for (long epoch = 1; epoch <= 3; epoch++) {
      receive(new OriginNumber(epoch, LANE, 1));
    }
    reports();
    long far = FieldReader.LAST_NUMBER;
    notices.received(
        ORIGIN,
        settled(
            new SettledNumbers(1, LANE, far),
            new SettledNumbers(2, LANE, far),
            new SettledNumbers(3, LANE, far)));
    sent();
    assertEquals(
        Set.of("report to fr.customs", "lost " + Long.MAX_VALUE + " of fr.customs on " + LANE),
        Set.copyOf(reports()));
    notices.received(ORIGIN, settled(new SettledNumbers(1, LANE, far + 1)));
    assertEquals(List.of("refused fr.customs BAD_SIGNATURE"), reports());
  }

  /** The sixth look: an origin makes the recipient write years of leaves. */
  @Test
  void numbersSettled_ofEpochsThatAreNotKept_openNone_andLeaveNoRecord() {
    knowsOrigin();
    receive(LANE, 1);
    SettledNumbers[] unknown =
        LongStream.rangeClosed(2, 65)
            .mapToObj(epoch -> new SettledNumbers(epoch, LANE, 1_000))
            .toArray(SettledNumbers[]::new);
    notices.received(ORIGIN, settled(unknown));
    sent();
    assertEquals(List.of("report to fr.customs"), reports());
    assertEquals(List.of(), node.leaves(AuditType.SETTLED));
    assertEquals(1, node.ledger.windows().read(ORIGIN, LANE).all().size());
  }

  @Test
  void numbersSettled_againAndAgain_haveOneLeafAStatement_andTenAMinute() {
    knowsOrigin();
    receive(LANE, 1);
    receive(new OriginNumber(2, LANE, 1));
    for (long below = 3; below < 23; below++) {
      notices.received(
          ORIGIN, settled(new SettledNumbers(1, LANE, below), new SettledNumbers(2, LANE, below)));
      sent();
    }
    List<AuditRecord> leaves = node.leaves(AuditType.SETTLED);
    assertEquals(SettledNotices.MOST_LEAVES, leaves.size());
    String detail = Objects.requireNonNull(leaves.get(1).outcome().detail());
    assertTrue(detail.startsWith("2 numbers in " + LANE + " never arrived"), detail);
    assertTrue(detail.endsWith(": 1 of epoch 1 below 4, 1 of epoch 2 below 4"), detail);
    assertEquals(21, node.window(LANE, 1).watermark());
    node.clock.move(SettledNotices.LEAVES_IN);
    notices.received(ORIGIN, settled(new SettledNumbers(1, LANE, 24)));
    sent();
    leaves = node.leaves(AuditType.SETTLED);
    detail = Objects.requireNonNull(leaves.get(leaves.size() - 1).outcome().detail());
    assertTrue(detail.contains("; 10 more since the last such line: 2 of epoch 1 "), detail);
  }

  /**
   * The log has 500 characters for it: it lost what the statement was about, and the last epochs.
   */
  @Test
  void numbersSettled_ofAsManyEpochsAsAreKept_areAllOnRecord() {
    knowsOrigin();
    long first = 1_764_590_000;
    List<SettledNumbers> all = new ArrayList<>();
    for (long epoch = first; epoch < first + OriginWindows.MAX_EPOCHS; epoch++) {
      receive(new OriginNumber(epoch, LANE, 1));
      all.add(new SettledNumbers(epoch, LANE, 12_345_678));
    }
    notices.received(ORIGIN, settled(all.toArray(SettledNumbers[]::new)));
    sent();
    String detail = Objects.requireNonNull(node.leaves.only(AuditType.SETTLED).outcome().detail());
    assertTrue(detail.startsWith("98765408 numbers in " + LANE + " never arrived"), detail);
    for (SettledNumbers one : all) {
      assertTrue(detail.contains("12345676 of epoch " + one.epoch() + " below 12345678"), detail);
    }
  }

  @Test
  void numbers_ofAnEpochThatIsClosed_areNeitherResolvedNorLost() {
    knowsOrigin();
    for (long epoch = 2; epoch <= 10; epoch++) {
      receive(new OriginNumber(epoch, LANE, 1));
    }
    node.kit.reports().take();
    notices.received(ORIGIN, settled(new SettledNumbers(1, LANE, 6)));
    sent();
    assertEquals(List.of("report to fr.customs"), reports());
    assertEquals(0, node.leaves(AuditType.SETTLED).size());
    VoidStatement statement =
        VoidStatement.sign(
            new VoidStatement.Content(
                StatementFrame.to(FEDERATION, ORIGIN, GATEWAY, SELF, node.clock.millis()),
                List.of(new NumberedHeader(new OriginNumber(1, LANE, 2), HASH))),
            originKey);
    notices.received(
        ORIGIN, from(ORIGIN).setVoidStatement(ByteString.copyFrom(statement.encoded())).build());
    sent();
    assertEquals(List.of("report to fr.customs"), reports());
  }

  @Test
  void numbers_thatCouldNotBeOpened_waitForANewSession() {
    knowsOrigin();
    owe(3);
    NeedRewrap.Builder need =
        NeedRewrap.newBuilder()
            .addNumbers(number(0, LANE, 1))
            .addNumbers(number(1, LANE, 0))
            .addNumbers(number(1, LANE, 2));
    notices.received(ORIGIN, signed(ORIGIN, rewrap(need)));
    sent();
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, state(1));
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, state(2));
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, state(3));
  }

  @Test
  void numbers_thatCouldNotBeOpened_areLookedAtUpToABound() {
    knowsOrigin();
    owe(2);
    NeedRewrap.Builder need = NeedRewrap.newBuilder();
    for (int i = 0; i < 1_023; i++) {
      need.addNumbers(number(1, LANE, 1_000 + i));
    }
    need.addNumbers(number(1, LANE, 1)).addNumbers(number(1, LANE, 2));
    notices.received(ORIGIN, signed(ORIGIN, rewrap(need)));
    sent();
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, state(1));
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, state(2));
  }

  @Test
  void witnesses_hearWhatIsForThem_andWhatIsNotUnderstoodIsPassedOver() {
    notices.received(HUB, keysOf(bundle(SG)));
    notices.received(HUB, signed(SG, witnessRequest("a")));
    notices.received(
        HUB,
        signed(
            SG,
            SignedNotice.newBuilder().setWitnessAnswer(WitnessAnswer.newBuilder().setOrigin("b"))));
    notices.received(
        HUB,
        signed(
            SG,
            SignedNotice.newBuilder()
                .setWitnessed(WitnessedCheckpoints.newBuilder().addCheckpoints(ByteString.EMPTY))));
    notices.received(HUB, from(SG).build());
    notices.received(
        HUB, signed(SG, SignedNotice.newBuilder().setNeedRewrap(NeedRewrap.newBuilder())));
    assertEquals(
        List.of("sg.police asks about a", "sg.police answers about b", "sg.police holds 1"),
        witnesses);
    assertEquals(List.of(), sent());
    assertEquals(List.of(), reports());
    assertNull(node.ledger.inbox().find(node.id()));
  }

  /** The twenty-ninth look: it ended the stream of the transit, with the notices of others. */
  @Test
  void notice_thatMeetsADefect_isMalformedOfItsAuthor_andEndsNoStream() {
    notices.received(HUB, keysOf(bundle(SG)));
    notices.received(HUB, signed(SG, witnessRequest(DEFECT)));
    assertEquals(List.of("refused sg.police MALFORMED"), reports());
    notices.received(HUB, signed(SG, witnessRequest("a")));
    assertEquals(List.of("sg.police asks about a"), witnesses);
  }

  private static SignedNotice.Builder witnessRequest(String log) {
    return SignedNotice.newBuilder().setWitnessRequest(WitnessRequest.newBuilder().setOrigin(log));
  }

  private Notice asksForEvidence(EvidenceRequest.Builder request) {
    return signed(ORIGIN, SignedNotice.newBuilder().setEvidenceRequest(request));
  }

  private static ByteString bytes(MessageId id) {
    return ByteString.copyFrom(id.bytes());
  }

  /** What is owed to the origin since the last call, in short, and is returned so far. */
  private List<String> owedEvidence() {
    sent();
    List<String> out = new ArrayList<>();
    for (EvidenceItem item : node.kit.owed().subList(owedBefore, node.kit.owed().size())) {
      String kind = item.getKind().name().replace("EVIDENCE_KIND_", "");
      for (MessageId id : EvidenceMessages.of(item)) {
        out.add(kind + " " + id + " " + Timestamps.toMillis(item.getAt()));
      }
    }
    owedBefore = node.kit.owed().size();
    return out;
  }

  private void retrieve(MessageId id) {
    node.ledger.commit(
        LANE,
        tx ->
            node.kit.parts().evidence().retrievals().note(tx, node.placed(id).retrieval(), "desk"));
  }

  /** The evidence came to a ledger of the origin that was lost. */
  @Test
  void evidence_thatItsOriginAsksFor_isOwedAgain_withTheTimesOfThen() {
    knowsOrigin();
    MessageId opened = node.kept("opened").messageId();
    MessageId kept = node.kept("kept").messageId();
    long received = node.clock.millis();
    node.clock.move(Duration.ofMinutes(1));
    retrieve(opened);
    long retrieved = node.clock.millis();
    node.clock.move(Duration.ofDays(1));
    owedEvidence();
    notices.received(
        ORIGIN,
        asksForEvidence(
            EvidenceRequest.newBuilder()
                .addUndelivered(bytes(opened))
                .addUndelivered(bytes(kept))
                .addUndelivered(bytes(node.id()))
                .addUndelivered(ByteString.copyFromUtf8("no id"))));
    assertEquals(
        List.of(
            "DELIVERY " + opened + " " + received,
            "DELIVERY " + kept + " " + received,
            "RETRIEVAL " + opened + " " + retrieved),
        owedEvidence());
    node.clock.move(EvidenceRepetition.APART);
    notices.received(
        ORIGIN,
        asksForEvidence(
            EvidenceRequest.newBuilder().addUnopened(bytes(opened)).addUnopened(bytes(kept))));
    assertEquals(List.of("RETRIEVAL " + opened + " " + retrieved), owedEvidence());
  }

  @Test
  void evidence_thatAnotherAsksFor_isNotOwed_norIsAnyOfAMessageThatIsNotHere() {
    notices.received(HUB, keysOf(bundle(SG)));
    knowsOrigin();
    MessageId kept = node.kept("kept").messageId();
    owedEvidence();
    reports();
    EvidenceRequest.Builder request = EvidenceRequest.newBuilder().addUndelivered(bytes(kept));
    notices.received(HUB, signed(SG, SignedNotice.newBuilder().setEvidenceRequest(request)));
    node.ledger.halt("whatever is written from now on fails");
    notices.received(
        ORIGIN, asksForEvidence(EvidenceRequest.newBuilder().addUndelivered(bytes(node.id()))));
    node.kit.settle();
    assertEquals(List.of(), reports());
    assertEquals(owedBefore, node.kit.owed().size());
    assertEquals(List.of(), node.ledger.evidence().owed(SG, 1, 1));
  }

  /** An origin that asks all the time, or a transit that repeats what it asked. */
  @Test
  void evidence_thatIsAskedForAgainAndAgain_isOwedOnceASecond_andForAFewMessages() {
    knowsOrigin();
    MessageId kept = node.kept("kept").messageId();
    owedEvidence();
    reports();
    EvidenceRequest.Builder request = EvidenceRequest.newBuilder();
    for (int i = 1; i < EvidenceRequests.MOST_OF_A_REQUEST; i++) {
      request.addUndelivered(bytes(node.id()));
    }
    Notice first = asksForEvidence(request.addUndelivered(bytes(kept)));
    notices.received(ORIGIN, first);
    assertEquals(1, owedEvidence().size());
    for (int i = 0; i < 20; i++) {
      node.clock.move(EvidenceRepetition.APART.dividedBy(20).minusMillis(1));
      notices.received(ORIGIN, asksForEvidence(request));
      assertEquals(List.of("refused fr.customs OVERLOADED"), reports());
    }
    assertEquals(List.of(), owedEvidence());
    node.clock.move(EvidenceRepetition.APART);
    notices.received(ORIGIN, first);
    assertEquals(List.of("refused fr.customs EXPIRED"), reports(), "a copy counts no more");
    request.clear().addUndelivered(bytes(node.id()));
    for (int i = 1; i < EvidenceRequests.MOST_OF_A_REQUEST; i++) {
      request.addUndelivered(bytes(node.id()));
    }
    request.addUndelivered(bytes(kept)).addUnopened(bytes(kept));
    notices.received(ORIGIN, asksForEvidence(request));
    assertEquals(List.of(), owedEvidence(), "beyond the bound");
  }

  /** Attack: an origin asks for evidence each second, and takes none. */
  @Test
  void evidence_forAnOriginThatAsksAndTakesNone_waitsInBoundedNumber() {
    knowsOrigin();
    MessageId kept = node.kept("kept").messageId();
    reports();
    EvidenceRequest.Builder request = EvidenceRequest.newBuilder().addUndelivered(bytes(kept));
    for (int i = 0; i < EvidenceRepetition.MOST_WAITING + 20; i++) {
      node.clock.move(EvidenceRepetition.APART);
      notices.received(ORIGIN, asksForEvidence(request));
      sent();
    }
    assertEquals("refused fr.customs OVERLOADED", reports().get(0));
    int most = 2 * EvidenceRepetition.MOST_WAITING;
    assertEquals(
        EvidenceRepetition.MOST_WAITING,
        node.ledger.evidence().owed(ORIGIN, most, Long.MAX_VALUE).size());
  }

  @Test
  void evidence_isNotOwedAgain_whileManyEnvelopesWaitForItsOrigin() {
    knowsOrigin();
    MessageId kept = node.kept("kept").messageId();
    owedEvidence();
    reports();
    EvidenceRequest.Builder request = EvidenceRequest.newBuilder().addUndelivered(bytes(kept));
    for (int i = 0; i < EvidenceRepetition.MOST_WAITING - 1; i++) {
      waitsForOrigin(i);
    }
    notices.received(ORIGIN, asksForEvidence(request));
    assertEquals(1, owedEvidence().size());
    waitsForOrigin(EvidenceRepetition.MOST_WAITING);
    node.clock.move(EvidenceRepetition.APART);
    notices.received(ORIGIN, asksForEvidence(request));
    assertEquals(List.of("refused fr.customs OVERLOADED"), reports());
    assertEquals(List.of(), owedEvidence());
  }

  @Test
  void evidence_thatIsAskedForOfADamagedMessageToo_isOwedOfTheOthers() {
    knowsOrigin();
    MessageId first = node.kept("first").messageId();
    MessageId damaged = node.kept("damaged").messageId();
    MessageId last = node.kept("last").messageId();
    owedEvidence();
    InboxTable.PlacedRecord placed = requireNonNull(node.ledger.inbox().find(damaged));
    byte[] page = KeyBuilder.key().u8(placed.lane().number()).u64(placed.position()).done();
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          tx.put(Table.INBOX, page, new byte[] {-1, -1});
          return page;
        });
    notices.received(
        ORIGIN,
        asksForEvidence(
            EvidenceRequest.newBuilder()
                .addUndelivered(bytes(first))
                .addUndelivered(bytes(damaged))
                .addUndelivered(bytes(last))));
    List<String> owed = owedEvidence();
    assertEquals(2, owed.size(), owed::toString);
    assertTrue(owed.get(0).startsWith("DELIVERY " + first));
    assertTrue(owed.get(1).startsWith("DELIVERY " + last));
  }

  private void waitsForOrigin(int one) {
    byte[] hash = HASH.clone();
    hash[0] = (byte) one;
    hash[1] = (byte) (one >>> Byte.SIZE);
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          node.ledger.envelopes().hold(tx, hash, StoredEnvelope.getDefaultInstance(), 1);
          return append(tx, ORIGIN, Lane.ROUTINE, hash);
        });
  }

  /** Threat 77: a transit keeps a signed request, and repeats it for what is sent later. */
  @Test
  void requestForStanzas_repeatedByATransit_countsOnce_andAnOldOneNotAtAll() {
    knowsOrigin();
    owe(1);
    Notice first = needsStanza();
    notices.received(HUB, first);
    sent();
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, state(1));
    queued();
    notices.received(HUB, first);
    assertEquals(List.of("refused fr.customs EXPIRED"), reports());
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, state(1));

    node.clock.move(Duration.ofMillis(1));
    notices.received(HUB, needsStanza());
    sent();
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, state(1), "a new request counts");
    queued();

    Notice kept = needsStanza();
    node.clock.move(Duration.ofHours(-1));
    notices.received(HUB, needsStanza());
    sent();
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, state(1), "whatever the recipient's clock");
    queued();
    node.clock.move(Duration.ofHours(1).plus(SeenRequests.MOST_AGE).plusMillis(1));
    notices.received(HUB, kept);
    assertEquals(List.of("refused fr.customs EXPIRED"), reports());
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, state(1));
  }

  private Notice needsStanza() {
    return signed(ORIGIN, rewrap(NeedRewrap.newBuilder().addNumbers(number(1, LANE, 1))));
  }

  private void queued() {
    OriginNumber number = new OriginNumber(1, LANE, 1);
    node.ledger.commit(
        LANE,
        tx -> {
          OutboxEntry entry = Objects.requireNonNull(node.ledger.outbox().read(ORIGIN, number));
          OutboxEntry again = entry.toBuilder().setState(OutboxState.OUTBOX_STATE_QUEUED).build();
          node.ledger.outbox().update(tx, ORIGIN, number, again);
          return tx;
        });
  }

  @Test
  void requests_inAFlood_takeBoundedMemory_andNoneCountsTwice() {
    SeenRequests seen = new SeenRequests();
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < 3 * SeenRequests.MOST; i++) {
        NoticeStatement.Content request =
            new NoticeStatement.Content(
                StatementFrame.to(FEDERATION, ORIGIN, GATEWAY, SELF, 1_000 + i), new byte[9]);
        assertEquals(pass == 0, seen.isFirst(request, 1_000), "request " + i);
      }
    }
  }

  /**
   * Otherwise requests of the far future fill the memory, and older ones are forgotten for them.
   */
  @Test
  void requests_fromTheFuture_doNotCount_andDisplaceNone() {
    SeenRequests seen = new SeenRequests();
    long now = Duration.ofDays(20_000).toMillis();
    long late = now + SeenRequests.MOST_AGE.toMillis();
    for (int i = 1; i <= 2 * SeenRequests.MOST; i++) {
      assertFalse(seen.isFirst(request(late + i), now));
    }
    assertTrue(seen.isFirst(request(late), now), "a clock two hours ahead");
    assertTrue(seen.isFirst(request(now), now));
    assertFalse(seen.isFirst(request(now), now));
  }

  private static NoticeStatement.Content request(long at) {
    return new NoticeStatement.Content(
        StatementFrame.to(FEDERATION, ORIGIN, GATEWAY, SELF, at), new byte[9]);
  }

  /** Threat 98: a transit that suppresses notices suppresses every second one. */
  @Test
  void notices_toAnAgencyBehindSeveralTransits_takeThemInTurn_andOnlyOneWhoseLinkTakesThem() {
    node.transitsOfFar.add(SG);
    for (int i = 0; i < 4; i++) {
      notices.askKeys(FAR);
    }
    assertEquals(List.of(SG, HUB, SG, HUB), sent().stream().map(Sent::to).toList());
    down.add(SG);
    notices.askKeys(FAR);
    notices.askKeys(FAR);
    assertEquals(List.of(HUB, HUB), sent().stream().map(Sent::to).toList());
  }

  /** A neighbour that connects without end makes this gateway sign and send little. */
  @Test
  void neighbour_thatComesUpAgainAndAgain_hearsWhatIsHeldTenTimesInTenMinutes() {
    receive(LANE, 1);
    for (int i = 0; i < 3 * NoticeExchange.REPEATS; i++) {
      notices.neighbourUp(ORIGIN);
    }
    assertEquals(
        NoticeExchange.REPEATS,
        sent().stream().filter(one -> one.notice().hasWatermarks()).count());
    node.clock.move(NoticeExchange.REPEATS_IN);
    notices.neighbourUp(ORIGIN);
    assertEquals(1, sent().stream().filter(one -> one.notice().hasWatermarks()).count());
  }

  /** The sixth look: to reopen a stream costs a neighbour one frame. */
  @Test
  void neighbour_thatComesUpAgainAndAgain_hearsTheKeysOfOthersTenTimesInTenMinutes() {
    transit = true;
    notices.received(ORIGIN, keysOf(bundle(ORIGIN)));
    sent();
    for (int i = 0; i < NoticeExchange.REPEATS; i++) {
      notices.neighbourUp(SG);
      assertEquals(2, sent().size());
    }
    notices.neighbourUp(SG);
    assertEquals(OWN_KEYS, onlyTo(SG));
    node.clock.move(NoticeExchange.REPEATS_IN);
    notices.neighbourUp(SG);
    assertEquals(2, sent().size());
  }

  /** Threat 77: whatever is said in another's name changes nothing, and reaches no writer. */
  @Test
  void notice_inTheNameOfAnother_isRefused_andNothingIsWritten() {
    knowsOrigin();
    notices.received(SG, keysOf(bundle(SG)));
    owe(1);
    byte[] said =
        rewrap(NeedRewrap.newBuilder().addNumbers(number(1, LANE, 1))).build().toByteArray();
    Ed25519SigningKey stranger = Ed25519SigningKey.generate(node.random);
    notices.received(HUB, signed(ORIGIN, ORIGIN, SELF, said, stranger));
    assertEquals(List.of("refused fr.customs BAD_SIGNATURE"), reports());
    notices.received(HUB, signed(ORIGIN, SG, SELF, said, originKey));
    assertEquals(List.of("refused fr.customs HEADER_MISMATCH"), reports());
    notices.received(HUB, signed(ORIGIN, ORIGIN, FAR, said, originKey));
    assertEquals(List.of("refused fr.customs HEADER_MISMATCH"), reports());
    notices.received(HUB, from(ORIGIN).setSignedNotice(ByteString.copyFromUtf8("none")).build());
    assertEquals(List.of("refused fr.customs BAD_SIGNATURE"), reports());
    notices.received(
        HUB, signed(SG, SG, SELF, witnessRequest("a").build().toByteArray(), stranger));
    assertEquals(List.of("refused sg.police BAD_SIGNATURE"), reports());
    notices.received(HUB, signed(SG, SG, SELF, new byte[] {(byte) 0xff}, originKey));
    assertEquals(List.of("refused sg.police MALFORMED"), reports());
    sent();
    assertEquals(List.of(), witnesses);
    assertEquals(OutboxState.OUTBOX_STATE_QUEUED, state(1));
  }

  /** Threat 76: what names nothing that is open costs no commit, however often it comes. */
  @Test
  void notices_thatChangeNothing_reachNoWriter() {
    knowsOrigin();
    receive(LANE, 1, 3);
    sent();
    node.ledger.halt("whatever is written from now on fails");
    assertEquals(0, settlement.rewrap(ORIGIN, List.of(new OriginNumber(1, LANE, 900))).join());
    notices.received(ORIGIN, settled(new SettledNumbers(1, LANE, 2)));
    assertEquals(List.of("report to fr.customs"), reports());
    notices.received(ORIGIN, voided(1));
    assertEquals(List.of("report to fr.customs"), reports());
    notices.received(ORIGIN, voided(2));
    assertEquals(List.of(), reports(), "this one would have to be written");
  }
}
