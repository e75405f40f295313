package org.entente.gateway.transmit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.audit.AuditRecord;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.AtRest;
import org.entente.gateway.ledger.CommitObserver;
import org.entente.gateway.ledger.EvidenceRecords;
import org.entente.gateway.ledger.Journal;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.LedgerUnavailable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.AgencyIdentity;
import org.entente.gateway.seal.GatewayKey;
import org.entente.gateway.seal.OriginNumber;
import org.entente.gateway.seal.SenderSessions;
import org.entente.gateway.seal.SessionLimits;
import org.entente.gateway.store.Batch;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.OutboxState;
import org.entente.proto.store.v1.StoredEnvelope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SettlementTest {
  private static final AgencyName FR = new AgencyName("fr.customs");
  private static final AgencyName DE = new AgencyName("de.customs");
  private static final AgencyName SG = new AgencyName("sg.police");
  private static final AgencyName HUB = new AgencyName("x.hub");
  private static final Lane LANE = Lane.PRIORITY;
  private static final byte[] HASH = new byte[32];

  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock = InstantSource.system();
  private final Ledger ledger =
      new Ledger(new MemoryStore(), new NoJournal(), clock, LedgerLimits.DEFAULT, new Silent());
  private final WaitingRecipients waiting = new WaitingRecipients();
  private final Dispatch dispatch =
      new Dispatch(
          ledger.envelopes(),
          ledger.outbox(),
          ledger.hops(),
          new Routes(Set.of(DE, HUB), agency -> List.of(HUB)),
          waiting,
          agency -> true,
          (peer, lane) -> {});
  private final Settlement settlement =
      new Settlement(
          ledger,
          dispatch,
          new EvidenceRecords(new AtRest(new MemoryStorageKeys(), random), FR),
          FR,
          waiting,
          new SessionConfirmations(sessions()));

  private SenderSessions sessions() {
    Ed25519SigningKey key = Ed25519SigningKey.generate(random);
    return new SenderSessions(
        new AgencyIdentity(new FederationName("test.example"), FR, SigningPair.generate(random)),
        new GatewayKey(new NodeName("gw"), key.verifyingKey()),
        (recipient, now) -> Optional.empty(),
        SessionLimits.DEFAULT,
        random,
        clock);
  }

  @BeforeEach
  void start() {
    ledger.start();
    waiting.clear(DE, waiting.marks(DE));
    waiting.clear(SG, waiting.marks(SG));
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  private void submit(AgencyName recipient) {
    StoredEnvelope envelope =
        StoredEnvelope.newBuilder().setHeader(ByteString.copyFromUtf8("header")).build();
    ledger
        .write(
            LANE,
            tx -> {
              dispatch.submit(
                  tx,
                  new Dispatch.Outgoing(
                      HASH,
                      envelope,
                      LANE,
                      Long.MAX_VALUE,
                      List.of(new Dispatch.Recipient(recipient, "an-agreement"))));
              return recipient;
            })
        .join();
  }

  private void answer(AgencyName peer, Result result) {
    settlement
        .released(
            peer,
            LANE,
            List.of(
                Receipt.newBuilder()
                    .setHopEpoch(1)
                    .setHopSequence(1)
                    .setHeaderHash(ByteString.copyFrom(HASH))
                    .setResult(result)
                    .build()))
        .join();
  }

  private OutboxState stateFor(AgencyName recipient) {
    OutboxEntry entry = ledger.outbox().read(recipient, new OriginNumber(1, LANE, 1));
    return Objects.requireNonNull(entry, "resolved").getState();
  }

  @Test
  void committed_byTheRecipientItself_resolvesAndLetsTheContentGo() {
    submit(DE);
    answer(DE, Result.RESULT_COMMITTED);
    assertNull(ledger.outbox().read(DE, new OriginNumber(1, LANE, 1)));
    assertNull(ledger.envelopes().read(HASH));
  }

  /** The first answer was REWRAP and got lost; the hop number's repeat is answered DUPLICATE. */
  @Test
  void duplicate_byTheRecipientItself_doesNotResolve_untilItsWatermarkDoes() {
    submit(DE);
    answer(DE, Result.RESULT_DUPLICATE);
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, stateFor(DE));
    assertNotNull(ledger.envelopes().read(HASH));
    settlement.held(DE, LANE, 1, 0, List.of()).join();
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, stateFor(DE));
    settlement.held(DE, LANE, 1, 1, List.of()).join();
    assertNull(ledger.outbox().read(DE, new OriginNumber(1, LANE, 1)));
    assertNull(ledger.envelopes().read(HASH));
  }

  @Test
  void committed_byATransit_doesNotResolve() {
    submit(SG);
    answer(HUB, Result.RESULT_COMMITTED);
    assertEquals(OutboxState.OUTBOX_STATE_RELAYED, stateFor(SG));
    assertNotNull(ledger.envelopes().read(HASH));
  }

  @Test
  void rewrap_letsTheNumberWait_andKeepsTheContent() {
    submit(DE);
    answer(DE, Result.RESULT_REWRAP);
    assertEquals(OutboxState.OUTBOX_STATE_WAITING, stateFor(DE));
    assertNotNull(ledger.envelopes().read(HASH));
  }

  private static final class NoJournal implements Journal {
    @Override
    public void append(Batch batch, List<AuditRecord> leaves) {}

    @Override
    public void committed() {}

    @Override
    public void rolledBack() {}
  }

  private static final class Silent implements CommitObserver {
    @Override
    public void committed(int changes, long bytes, long nanos) {}

    @Override
    public void failed(LedgerUnavailable why) {}
  }
}
